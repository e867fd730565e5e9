/**
 * The one comparison of computed numbers with expected ones, and the measures its tolerances are
 * made of.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** What is compared, and how far apart the two sides may be. */
export interface CloseOptions {
  /** Operation under test, first words of the message. */
  op: string;
  /** Which case of the operation this is. */
  case?: string;
  /** Shape of both sides, row-major; without it coordinates are flat indices. */
  shape?: readonly number[];
  /** Allowed difference that does not depend on the value. */
  absolute: number;
  /** Allowed difference as a fraction of the expected value. */
  relative: number;
}

interface Failure {
  index: number;
  /** |actual - expected| over the tolerance; infinite where a side is not a number. */
  excess: number;
}

const SHOWN_FAILURES = 5;

/**
 * Asserts |actual - expected| <= absolute + relative * |expected| for every element. A NaN on
 * either side fails; an infinity is close to itself only.
 *
 * @throws {AssertionError} With the worst coordinates, both values and the tolerance there, how many
 * failed of how many, and the mean signed error: near zero it speaks of noise, else of a bias.
 * @throws {RangeError} If there is nothing to compare, or the shape or a tolerance makes no sense.
 */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  options: CloseOptions,
): void {
  const name = options.case === undefined ? options.op : `${options.op} (${options.case})`;
  checkArguments(name, expected.length, options);
  if (actual.length !== expected.length) {
    throw new AssertionError(
      `${name}: found ${actual.length} values, wanted ${expected.length}`,
    );
  }
  const failures: Failure[] = [];
  for (let index = 0; index < expected.length; index++) {
    const tolerance = toleranceAt(expected[index], options);
    const error = Math.abs(actual[index] - expected[index]);
    if (error <= tolerance || actual[index] === expected[index]) continue;
    failures.push({ index, excess: Number.isNaN(error) ? Infinity : error / tolerance });
  }
  if (failures.length > 0) {
    throw new AssertionError(`${name}: ${describe(failures, actual, expected, options)}`);
  }
}

/**
 * Relative tolerance of a sum of `terms` products in f32: c * 2^-24 * sqrt(terms).
 *
 * Each addition rounds by at most half an ulp, a fraction u = 2^-24 of the partial sum. The worst case
 * is terms * u, but signs of the roundings are as good as random, so that their sum walks like
 * sqrt(terms) * u; `c` covers the tail over many elements and the constant factor (Higham and Mary,
 * "A New Approach to Probabilistic Rounding Error Analysis", 2019). It is a fraction of the sum of
 * the magnitudes: where terms cancel, the absolute tolerance must cover the rest.
 *
 * @param terms How many terms the longest chain of additions has, at least 1.
 */
export function floatTolerance(terms: number, { c = 4 }: { c?: number } = {}): number {
  if (!(terms >= 1)) {
    throw new RangeError(`Cannot derive a tolerance from ${terms} terms: wanted at least 1`);
  }
  return c * 2 ** -24 * Math.sqrt(terms);
}

/** Distance in the Euclidean norm, ||actual - expected|| / ||expected||; 0 where both are zero. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new RangeError(
      `Cannot compare two arrays: found ${actual.length} and ${expected.length} values`,
    );
  }
  let difference = 0;
  let size = 0;
  for (let index = 0; index < expected.length; index++) {
    difference += (actual[index] - expected[index]) ** 2;
    size += expected[index] ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

function checkArguments(name: string, count: number, options: CloseOptions): void {
  const { shape = [count], absolute, relative } = options;
  if (count === 0) {
    throw new RangeError(`Cannot compare ${name}: found no values, wanted at least 1`);
  }
  if (shape.reduce((product, edge) => product * edge, 1) !== count) {
    throw new RangeError(
      `Cannot compare ${name}: shape [${shape.join(", ")}] does not hold ${count} values`,
    );
  }
  for (const tolerance of [absolute, relative]) {
    if (!(tolerance >= 0 && tolerance < Infinity)) {
      throw new RangeError(
        `Cannot compare ${name}: tolerance is ${tolerance}, wanted 0 or a finite positive number`,
      );
    }
  }
}

function toleranceAt(expected: number, { absolute, relative }: CloseOptions): number {
  return Number.isFinite(expected) ? absolute + relative * Math.abs(expected) : 0;
}

function describe(
  failures: Failure[],
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  options: CloseOptions,
): string {
  let sum = 0;
  for (let index = 0; index < expected.length; index++) sum += actual[index] - expected[index];
  const worst = failures
    .toSorted((a, b) => a.excess === b.excess ? a.index - b.index : b.excess - a.excess)
    .slice(0, SHOWN_FAILURES);
  const lines = worst.map(({ index }) =>
    `  ${coordinate(index, options.shape)}: found ${actual[index]}, wanted ${expected[index]} ` +
    `+- ${toleranceAt(expected[index], options).toExponential(3)}`
  );
  const mean = (sum / expected.length).toExponential(3);
  return [
    `${failures.length} of ${expected.length} values are off; mean signed error ${mean}`,
    ...lines,
  ].join("\n");
}

function coordinate(index: number, shape: readonly number[] = []): string {
  if (shape.length === 0) return `[${index}]`;
  const parts: number[] = [];
  for (const edge of shape.toReversed()) {
    parts.unshift(index % edge);
    index = Math.floor(index / edge);
  }
  return `[${parts.join(", ")}]`;
}
