/**
 * The in-batch ranking loss as one op that never holds the matrix of all scores.
 *
 * @module
 */
import source from "../../shaders/similarity_cross_entropy.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import { matmul } from "./matmul.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode similarityCrossEntropy}. */
export interface SimilarityCrossEntropyInputs {
  /** [B, C] */
  anchors: Tensor;
  /** [M, C] with M >= B; candidate i is the positive of anchor i. */
  candidates: Tensor;
  /** Factor of the dot products, the inverse of a temperature. */
  scale: number;
  /** The most anchors and candidates of one tile of scores. Default: 1024 and 2048. */
  tile?: readonly [number, number];
}

const kernel = (entryPoint: string) =>
  new Kernel({ name: "similarity_cross_entropy", source, entryPoint });
const UPDATE = kernel("update");
const AVERAGE = kernel("average");
const TO_GRADIENT = kernel("to_gradient");

/**
 * loss = mean over i of log sum over j of exp(scale a_i . d_j) - scale a_i . d_i.
 *
 * Scores are computed tile by tile, in the forward pass and again in the backward pass, so that memory
 * grows with B + M. Saves the operands and one log-sum-exp an anchor. A row's maximum is subtracted
 * before every exponential. Source: van den Oord et al., "Representation Learning with Contrastive
 * Predictive Coding", 2018.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns The loss, a scalar.
 * @throws {TypeError} If shapes disagree.
 */
export function similarityCrossEntropy(tape: Tape, inputs: SimilarityCrossEntropyInputs): Tensor {
  const { gpu } = tape;
  const { anchors, candidates, scale } = inputs;
  const [B, C] = anchors.shape;
  const M = candidates.rows;
  if (M < B) {
    throw new TypeError(
      `Cannot run similarityCrossEntropy: found ${M} candidates for ${B} anchors, wanted at least one each`,
    );
  }
  checkShape("similarityCrossEntropy", "candidates", candidates, [M, C]);
  const loss = tape.empty([], "loss");
  const lse = tape.empty([B], "log-sum-exp");
  tape.temporary([B, 3], "softmax state", (state) => {
    eachTile(tape, inputs, (scores, tile) => {
      gpu.recorder.dispatch(UPDATE, {
        tensors: { scores, state },
        params: tile,
        workgroups: foldWorkgroups(tile.rows),
      });
    });
    gpu.recorder.dispatch(AVERAGE, {
      tensors: { final_state: state, log_sum_exp: lse, loss },
      params: { anchors: B, row: 0, column: 0, rows: B, columns: M, scale },
      workgroups: [1],
    });
  });
  tape.record(loss, [anchors, candidates], [anchors, candidates, lse], (dLoss) => {
    const slots = [tape.slot(anchors), tape.slot(candidates)];
    eachTile(tape, inputs, (scores, tile) => {
      const { row, column, rows, columns } = tile;
      gpu.recorder.dispatch(TO_GRADIENT, {
        tensors: { tile: scores, lse, d_loss: dLoss },
        params: tile,
        workgroups: foldWorkgroups(Math.ceil(rows * columns / 64)),
      });
      const [dAnchors, dCandidates] = slots;
      if (dAnchors !== null) {
        matmul(gpu, {
          a: { tensor: scores },
          b: { tensor: candidates, offset: column * C },
          c: dAnchors.gradient,
          offset: row * C,
          m: rows,
          n: C,
          k: columns,
          accumulate: dAnchors.accumulate || column > 0,
        });
      }
      if (dCandidates !== null) {
        matmul(gpu, {
          a: { tensor: scores, transposed: true },
          b: { tensor: anchors, offset: row * C },
          c: dCandidates.gradient,
          offset: column * C,
          m: columns,
          n: C,
          k: rows,
          accumulate: dCandidates.accumulate || row > 0,
        });
      }
    });
  });
  return loss;
}

interface Tile {
  [name: string]: number;
  anchors: number;
  row: number;
  column: number;
  rows: number;
  columns: number;
  scale: number;
}

/** Computes the scores of one tile after the other into the same memory. */
function eachTile(
  tape: Tape,
  { anchors, candidates, scale, tile = [1024, 2048] }: SimilarityCrossEntropyInputs,
  use: (scores: Tensor, tile: Tile) => void,
): void {
  const [B, C] = anchors.shape;
  const M = candidates.rows;
  const size = [Math.min(B, tile[0]), Math.min(M, tile[1])];
  tape.temporary(size, "scores", (scores) => {
    for (let row = 0; row < B; row += size[0]) {
      for (let column = 0; column < M; column += size[1]) {
        const rows = Math.min(size[0], B - row);
        const columns = Math.min(size[1], M - column);
        matmul(tape.gpu, {
          a: { tensor: anchors, offset: row * C },
          b: { tensor: candidates, offset: column * C, transposed: true },
          c: scores,
          m: rows,
          n: columns,
          k: C,
          scale,
        });
        use(scores, { anchors: B, row, column, rows, columns, scale });
      }
    }
  });
}
