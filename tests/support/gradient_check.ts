/**
 * Central differences: the only judge of a hand-written backward pass that shares no algebra with it.
 *
 * @module
 */

import { AssertionError } from "@std/assert";

/** How finely to measure, and how close the analytic gradient must come. */
export interface GradientCheckOptions {
  /** Half of the distance between the two evaluations; 1e-5 by default. */
  h?: number;
  /** Largest error allowed, as a fraction of the largest gradient; 1e-7 by default. */
  tolerance?: number;
  /** How many coordinates to measure where there are more; 256 by default. */
  samples?: number;
}

/**
 * Asserts that `analytic` is the gradient of `f` at `x`, measured as (f(x + h) - f(x - h)) / 2h one
 * coordinate at a time. `x` is left as it was. Of a large `x` a fixed, evenly spread selection is measured.
 *
 * Errors are fractions of the largest gradient among the coordinates. Truncation leaves h^2 times a
 * third derivative, rounding leaves an ulp of f over h: gradients below what that rounding lets one
 * see at all count as zero.
 *
 * @throws {AssertionError} Naming the worst coordinate, both gradients and the error there.
 * @throws {RangeError} If `x` is empty or `analytic` is not as long.
 */
export function gradientCheck(
  f: (x: Float64Array) => number,
  x: Float64Array,
  analytic: Float64Array,
  { h = 1e-5, tolerance = 1e-7, samples = 256 }: GradientCheckOptions = {},
): void {
  if (x.length === 0 || x.length !== analytic.length) {
    throw new RangeError(
      `Cannot check a gradient: found ${analytic.length} values for ${x.length} coordinates`,
    );
  }
  const indices = sampleIndices(x.length, samples);
  const numeric = indices.map((index) => centralDifference(f, x, index, h));
  const visible = Math.abs(f(x)) * Number.EPSILON / (h * tolerance);
  const scale = indices.reduce(
    (largest, index, i) => Math.max(largest, Math.abs(analytic[index]), Math.abs(numeric[i])),
    visible,
  );
  const differences = indices.map((index, i) => Math.abs(analytic[index] - numeric[i]));
  const worst = indexOfWorst(differences);
  const error = differences[worst] === 0 ? 0 : differences[worst] / scale;
  if (error <= tolerance) return;
  throw new AssertionError(
    `Gradient is wrong, worst at coordinate ${indices[worst]} of ${x.length} ` +
      `(${indices.length} measured): analytic ${analytic[indices[worst]]}, ` +
      `central difference ${numeric[worst]}, error ${error.toExponential(3)} ` +
      `of the largest gradient, wanted at most ${tolerance}`,
  );
}

/** Sum of products: makes a scalar of an output, so that `weights` is the gradient flowing into it. */
export function dot(values: Float64Array, weights: Float64Array): number {
  return values.reduce((sum, value, index) => sum + value * weights[index], 0);
}

function centralDifference(
  f: (x: Float64Array) => number,
  x: Float64Array,
  index: number,
  h: number,
): number {
  const moved = x.slice();
  const above = moved[index] = x[index] + h;
  const fAbove = f(moved);
  const below = moved[index] = x[index] - h;
  const fBelow = f(moved);
  return (fAbove - fBelow) / (above - below);
}

/** Where the largest difference is, or the first that is not a number. */
function indexOfWorst(differences: number[]): number {
  const nan = differences.findIndex(Number.isNaN);
  return nan >= 0 ? nan : differences.indexOf(Math.max(...differences));
}

/** All indices, or `samples` of them at multiples of the golden ratio: no stride hides a column. */
function sampleIndices(count: number, samples: number): number[] {
  if (count <= samples) return Array.from({ length: count }, (_, index) => index);
  const goldenRatio = (Math.sqrt(5) - 1) / 2;
  const indices = new Set<number>([0, count - 1]);
  for (let i = 1; indices.size < samples; i++) {
    indices.add(Math.floor((i * goldenRatio % 1) * count));
  }
  return [...indices].sort((a, b) => a - b);
}
