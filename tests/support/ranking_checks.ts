/**
 * What the tests of in-batch losses share: batches of columns, tolerances, and inputs at the edge.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "./assert_close.ts";
import { type OpResult, runOp } from "./run_op.ts";

/** A batch of a number of columns of B rows. */
export interface RankingBatch {
  /** Rows of a column. */
  B: number;
  /** Length of an embedding. */
  C: number;
  /** How many columns. */
  columns: number;
  /** Embeddings, [columns B, C]. Default: normally distributed. */
  data?: Float64Array;
  /** A guide's embeddings, [columns B, G]. */
  guide?: { data: Float64Array; G: number };
  /** Default: 0. */
  labelSmoothing?: number;
}

/** The embeddings of a batch. */
export function embeddingsOf({ B, C, columns, data }: RankingBatch): Float64Array {
  return data ?? normalValues(columns * B * C, 1);
}

/** Runs a loss that returns a scalar forward and backward. */
export function runLoss(
  gpu: Gpu,
  loss: Loss,
  batch: RankingBatch,
): Promise<OpResult<"embeddings">> {
  const { B, C, guide, labelSmoothing } = batch;
  const rows = batch.columns * B;
  const columns = Array.from(
    { length: batch.columns },
    (_, i) => ({ name: String(i), first: i * B, count: B }),
  );
  return runOp(gpu, {
    inputs: { embeddings: { shape: [rows, C], data: embeddingsOf(batch) } },
    forward: (tape, { embeddings }) => {
      const advice = guide &&
        tape.upload([rows, guide.G], Float32Array.from(guide.data), "guide");
      const batch = { embeddings, columns, labels: null, labelSmoothing };
      const result = loss.forward(tape, advice ? { ...batch, guide: advice } : batch);
      assert(result instanceof Tensor, "the loss returned components");
      return result;
    },
    dOutput: Float64Array.of(1),
  });
}

/** What a loss should be. */
export interface ExpectedLoss {
  /** Its value. */
  loss: number;
  /** Its gradient with respect to the embeddings. */
  gradient: Float64Array;
}

/**
 * Compares cross entropy over scaled similarities with its reference. A probability is off by what its
 * score is off by, to which the exponential adds 3 + 2 |x| ulp, and brings that into every gradient.
 */
export function assertRanking(
  { y, gradients }: OpResult<"embeddings">,
  { loss, gradient }: ExpectedLoss,
  { name, batch, scale, isCosine = true, blocks = 1 }: {
    name: string;
    batch: RankingBatch;
    /** Factor of the similarities, with what hardness adds. */
    scale: number;
    isCosine?: boolean;
    /** How often a text is compared with all others. */
    blocks?: number;
  },
): void {
  const { B, C } = batch;
  const x = embeddingsOf(batch);
  const lengths = Array.from(
    { length: x.length / C },
    (_, row) => Math.hypot(...x.subarray(row * C, (row + 1) * C)),
  );
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  const [score, factor] = isCosine ? [scale, 1 / shortest] : [scale * longest ** 2, longest];
  const probability = floatTolerance(C + 4) * score + (3 + 4 * score) * 2 ** -23;
  const relative = floatTolerance(C + 4);
  assertClose(y, [loss], { op: name, absolute: probability, relative });
  assertClose(gradients.embeddings, gradient, {
    op: `${name} gradient`,
    shape: [x.length / C, C],
    absolute: blocks * probability * factor * scale / B,
    relative,
  });
}

/** Asserts that embeddings with a NaN give NaN, and zeros and one row a number. */
export async function assertEdges(gpu: Gpu, loss: Loss, batch: RankingBatch): Promise<void> {
  const { B, C, columns, guide } = batch;
  const broken = embeddingsOf(batch).slice();
  broken[(columns * B - 1) * C + 1] = NaN;
  const { y } = await runLoss(gpu, loss, { ...batch, data: broken });
  assertEquals(Number.isNaN(y[0]), true, "NaN must stay NaN");
  const zeros = new Float64Array(broken.length);
  const one = {
    ...batch,
    B: 1,
    data: embeddingsOf(batch).slice(0, columns * C),
    ...(guide && { guide: { ...guide, data: guide.data.slice(0, columns * guide.G) } }),
  };
  for (const edge of [{ ...batch, data: zeros }, one]) {
    const { y, gradients } = await runLoss(gpu, loss, edge);
    assert(Number.isFinite(y[0]), `the loss is ${y[0]}`);
    assert(gradients.embeddings.every(Number.isFinite), "a gradient is not finite");
  }
}
