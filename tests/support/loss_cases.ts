/**
 * What tests of losses over pairs, triplets and classes have in common: cases against a reference with
 * derived tolerances, and batches at the edges.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { LabelFacts } from "../../src/data/label_facts.ts";
import { UsageError } from "../../src/errors.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import type { ReferenceBatch, ReferenceLoss } from "../reference/losses/compared.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "./assert_close.ts";
import { testGpu, testGpus } from "./gpu.ts";
import { columnRanges, runLoss } from "./run_loss.ts";

/** A batch of normal values, and what is expected of it. */
export interface LossCase {
  loss: Loss;
  B: number;
  C: number;
  /** How many columns. */
  columns: number;
  labels: readonly number[];
  reference: (batch: ReferenceBatch) => ReferenceLoss;
  /** Absolute errors allowed. */
  tolerance: { loss: number; gradient: number };
}

/** Runs cases on both kinds of adapter. Returns how many it ran. */
export async function assertLosses(cases: readonly LossCase[]): Promise<number> {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { loss, B, C, columns, labels, reference, tolerance } of cases) {
      const x = normalValues(columns * B * C, 1);
      const { y, gradients } = await runLoss(gpu, loss, {
        B,
        C,
        inputs: { embeddings: x },
        labels: labels.length === 0 ? undefined : labels,
      });
      const expected = reference({ x, B, C, labels: [...Float32Array.from(labels)] });
      const options = {
        op: loss.name,
        case: `${JSON.stringify(loss.config)}, ${B} rows of ${C}, ${columns} columns`,
        relative: floatTolerance(B + C),
      };
      assertClose(y, [expected.loss], { ...options, absolute: tolerance.loss });
      assertClose(gradients.embeddings, expected.gradient, {
        ...options,
        shape: [columns * B, C],
        absolute: tolerance.gradient,
      });
      seen++;
    }
  }
  return seen;
}

/** How a measure of two rows of C normal values behaves. */
export interface MeasureErrors {
  /** How far it is off. */
  error: number;
  /** How large it is. */
  range: number;
  /** How large an element of its gradient is. */
  slope: number;
}

/** Rows of C normal values are about sqrt(C) long, from half to twice that. */
export function measureErrors(name: string, C: number): MeasureErrors {
  const rounding = floatTolerance(C + 8);
  const of = (range: number, slope: number) => ({ error: rounding * range, range, slope });
  if (/angle/i.test(name)) return of(3, 6 / Math.sqrt(C));
  if (/cos/i.test(name)) return of(2, 4 / Math.sqrt(C));
  if (/dot/i.test(name)) return of(4 * C, 4);
  return /manhattan/i.test(name) ? of(4 * C, 1) : of(4 * Math.sqrt(C), 1);
}

/** Absolute errors of a loss and its gradient. */
export function toleranceOf(
  { error, slope }: MeasureErrors,
  C: number,
  effect: {
    /** How far the loss is off where measures are. */
    loss: (error: number) => number;
    /** How large its derivative by one measure is, and how far that is off. */
    steepest: number;
    bend: (error: number) => number;
  },
): { loss: number; gradient: number } {
  const derivative = effect.bend(error) + effect.steepest * floatTolerance(C + 8);
  return { loss: effect.loss(error), gradient: derivative * slope };
}

/**
 * Absolute errors of a loss that is a mean of distances of B rows of C normal values from each other,
 * which come from dot products.
 */
export function classTolerance(
  { B, C, metric, weight }: {
    B: number;
    C: number;
    metric: string;
    /** How large the derivative of the loss by one distance is at most. */
    weight: number;
  },
): { loss: number; gradient: number } {
  const isCosine = metric === "cosine_distance";
  // Rows are at most twice sqrt(C) long; distances are at least a quarter of it.
  const length = isCosine ? 1 : 2 * Math.sqrt(C);
  const least = length / 8;
  const squares = 4 * length ** 2 * floatTolerance(C);
  const error = isCosine ? squares : squares / least;
  // An element of the gradient of a distance; its error; and how many distances a row takes part in.
  const slope = 4 / Math.sqrt(C);
  return {
    loss: 2 * error,
    gradient: weight * slope * (error / least + floatTolerance(B)) * Math.sqrt(2 * B),
  };
}

/** Runs a loss of embeddings at the edges: finite where they are, not a number where they are not. */
export async function assertEdges(
  loss: Loss,
  columns: number,
  labelings: readonly (readonly number[])[],
): Promise<void> {
  const [gpu, C] = [await testGpu(), 8];
  for (const labels of labelings) {
    const B = labels.length;
    const size = columns * B * C;
    const run = (embeddings: Float64Array) =>
      runLoss(gpu, loss, { B, C, inputs: { embeddings }, labels });
    const some = normalValues(size, 1);
    const zeros = new Float64Array(size);
    const oneZero = some.map((value, i) => i < C ? 0 : value * 1e4);
    for (const embeddings of [zeros, zeros.map(() => 1), oneZero]) {
      const { y, gradients } = await run(embeddings);
      assert(Number.isFinite(y[0]), `${loss.name} of ${B} rows: found ${y[0]}`);
      assert(gradients.embeddings.every(Number.isFinite), `${loss.name}: gradient of ${labels}`);
    }
    const { y } = await run(some.map((value, i) => i === 3 ? NaN : value));
    assertEquals([...y], [NaN], `${loss.name} of not-a-number, labels ${labels}`);
  }
}

/** Facts of labels of one number a row; whole numbers from 0 to 1 where nothing else is said. */
export function facts(given: Partial<LabelFacts> = {}): LabelFacts {
  return { width: 1, minimum: 0, maximum: 1, isWhole: true, ...given };
}

/** Asserts what `checkColumns` says of datasets that a loss cannot use. */
export function assertRefuses(
  loss: Loss,
  cases: readonly (readonly [readonly string[], LabelFacts | null, string])[],
): void {
  for (const [columns, labels, message] of cases) {
    const error = assertThrows(() => loss.checkColumns(columns, labels), UsageError);
    assert(
      error.message.startsWith(`Cannot train with ${loss.name}: found ${message}`),
      error.message,
    );
  }
}

/** Asserts that a batch without labels is refused. */
export async function assertWantsLabels(loss: Loss, columns: number): Promise<void> {
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([2 * columns, 8], "embeddings");
  assertThrows(
    () => loss.forward(tape, { embeddings, columns: columnRanges(columns, 2), labels: null }),
    TypeError,
    `Cannot run ${loss.name}: the batch has no labels`,
  );
  tape.end();
}
