/**
 * Margins for every positive pair and for the hardest negative of every anchor.
 *
 * @module
 */
import source from "../../shaders/mega_batch_margin.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import { computeScores, scoreTiles, TILE } from "./score_tiles.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode megaBatchMargin}. */
export interface MegaBatchMarginInputs {
  /** [B, C], C a multiple of 4. */
  anchors: Tensor;
  /** [B, C]; row i is the positive of anchor i. */
  positives: Tensor;
  /** The score that a positive should reach. */
  positiveMargin: number;
  /** The score that no negative should exceed. */
  negativeMargin: number;
  /** The most anchors and positives of one tile of scores. Default: 1024 and 2048. */
  tile?: readonly [number, number];
  /** Threads that share a row in the backward pass. Default: as the adapter likes it. */
  lanes?: number;
}

const init = (entryPoint: string) => ({ name: "mega_batch_margin", source, entryPoint });
const UPDATE = new Kernel(init("update"));
const AVERAGE = new Kernel(init("average"));
const TO_ANCHORS = new RowKernel(init("to_anchors"));
const TO_POSITIVES = new RowKernel(init("to_positives"));

const NO_TILE = { row: 0, column: 0, rows: 0, columns: 0 };

/**
 * loss = mean over i of relu(positiveMargin - s_ii) + relu(max over j != i of s_ij - negativeMargin),
 * where s_ij = a_i . p_j. A single pair has no negative.
 *
 * Scores are computed tile by tile and not again: of equally hard negatives the first is kept, whose index
 * is all that the backward pass needs, so that memory grows with B. Saves the operands and two numbers a
 * row. Source: Wieting and Gimpel, "ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings
 * with Millions of Machine Translations", 2018.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns The loss, a scalar.
 * @throws {TypeError} If shapes disagree.
 */
export function megaBatchMargin(tape: Tape, inputs: MegaBatchMarginInputs): Tensor {
  const { gpu } = tape;
  const { anchors, positives, lanes } = inputs;
  checkShape("megaBatchMargin", "positives", positives, anchors.shape);
  const count = anchors.rows;
  const params = {
    count,
    quads: quadsOf("megaBatchMargin", anchors),
    positive_margin: inputs.positiveMargin,
    negative_margin: inputs.negativeMargin,
  };
  const loss = tape.empty([], "loss");
  const index = tape.empty([count], "hardest negatives");
  const own = tape.empty([count], "scores of positives");
  findHardest(tape, inputs, { params: { ...params, accumulate: 0 }, index, own, loss });
  tape.record(loss, [anchors, positives], [anchors, positives, index, own], (dLoss) => {
    const saved = { hardest: index, own_scores: own, d_loss: dLoss };
    const add = (kernel: RowKernel, to: Tensor, from: Record<string, Tensor>) => {
      const slot = tape.slot(to);
      if (slot === null) return;
      kernel.dispatch(gpu, {
        tensors: { ...saved, ...from, d_x: slot.gradient },
        params: { ...params, ...NO_TILE, accumulate: slot.accumulate ? 1 : 0 },
        rows: count,
        lanes,
      });
    };
    add(TO_ANCHORS, anchors, { positives });
    add(TO_POSITIVES, positives, { anchors });
  });
  return loss;
}

/** Goes through all scores once. */
function findHardest(
  tape: Tape,
  { anchors, positives, tile: edges = TILE }: MegaBatchMarginInputs,
  { params, index, own, loss }: {
    params: Record<string, number>;
    index: Tensor;
    own: Tensor;
    loss: Tensor;
  },
): void {
  const { gpu } = tape;
  const B = anchors.rows;
  const factors = { rows: anchors, rowCount: B, candidates: positives, candidateCount: B };
  tape.temporary([B], "highest scores", (highest) => {
    tape.temporary([Math.min(B, edges[0]), Math.min(B, edges[1])], "scores", (scores) => {
      for (const tile of scoreTiles([B, B], edges)) {
        computeScores(gpu, factors, { tile, scores, scale: 1 });
        gpu.recorder.dispatch(UPDATE, {
          tensors: { scores, highest, index, own },
          params: { ...params, ...tile },
          workgroups: foldWorkgroups(tile.rows),
        });
      }
    });
    gpu.recorder.dispatch(AVERAGE, {
      tensors: { highest, index, own, loss },
      params: { ...params, ...NO_TILE },
      workgroups: [1],
    });
  });
}
