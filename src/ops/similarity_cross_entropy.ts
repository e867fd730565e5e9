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
import type { GradientSlot, Tape } from "./tape.ts";

/** Arguments of {@linkcode similarityCrossEntropy}. */
export interface SimilarityCrossEntropyInputs {
  /** [B, C] */
  anchors: Tensor;
  /** [M, C] with M >= B; candidate i is the positive of anchor i. */
  candidates: Tensor;
  /** Factor of the dot products, the inverse of a temperature. */
  scale: number;
  /** The share of the target that all candidates get alike, in [0, 1]. Default: 0. */
  labelSmoothing?: number;
  /** The most anchors and candidates of one tile of scores. Default: 1024 and 2048. */
  tile?: readonly [number, number];
}

const kernel = (entryPoint: string) =>
  new Kernel({ name: "similarity_cross_entropy", source, entryPoint });
const UPDATE = kernel("update");
const AVERAGE = kernel("average");
const TO_GRADIENT = kernel("to_gradient");

/**
 * loss = mean over i of log sum over j of exp(s_ij) - s_ii, where s_ij = scale a_i . d_j.
 *
 * With labels smoothed by e, (1 - e) s_ii + e mean over j of s_ij takes the place of s_ii, as in
 * `torch.nn.CrossEntropyLoss`.
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
 * @throws {RangeError} If the smoothing is outside [0, 1].
 */
export function similarityCrossEntropy(tape: Tape, inputs: SimilarityCrossEntropyInputs): Tensor {
  const { gpu } = tape;
  const { anchors, candidates } = inputs;
  const shared = checkInputs(inputs);
  const loss = tape.empty([], "loss");
  const lse = tape.empty([anchors.rows], "log-sum-exp");
  tape.temporary([anchors.rows, 4], "softmax state", (state) => {
    eachTile(tape, inputs, (scores, tile) => {
      gpu.recorder.dispatch(UPDATE, {
        tensors: { scores, state },
        params: { ...shared, ...tile },
        workgroups: foldWorkgroups(tile.rows),
      });
    });
    gpu.recorder.dispatch(AVERAGE, {
      tensors: { final_state: state, log_sum_exp: lse, loss },
      params: { ...shared, row: 0, column: 0, rows: anchors.rows, columns: candidates.rows },
      workgroups: [1],
    });
  });
  tape.record(loss, [anchors, candidates], [anchors, candidates, lse], (dLoss) => {
    const [dAnchors, dCandidates] = [tape.slot(anchors), tape.slot(candidates)];
    eachTile(tape, inputs, (scores, tile) => {
      gpu.recorder.dispatch(TO_GRADIENT, {
        tensors: { tile: scores, lse, d_loss: dLoss },
        params: { ...shared, ...tile },
        workgroups: foldWorkgroups(Math.ceil(tile.rows * tile.columns / 64)),
      });
      addProducts(tape, inputs, { scores, tile, dAnchors, dCandidates });
    });
  });
  return loss;
}

/** Returns the uniforms that are the same for every tile. */
function checkInputs(
  { anchors, candidates, scale, labelSmoothing: smoothing = 0 }: SimilarityCrossEntropyInputs,
): Record<string, number> {
  const [B, C] = anchors.shape;
  const M = candidates.rows;
  if (M < B) {
    throw new TypeError(
      `Cannot run similarityCrossEntropy: found ${M} candidates for ${B} anchors, wanted at least one each`,
    );
  }
  checkShape("similarityCrossEntropy", "candidates", candidates, [M, C]);
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new RangeError(
      `Cannot run similarityCrossEntropy: labelSmoothing is ${smoothing}, wanted [0, 1]`,
    );
  }
  return { anchors: B, candidates: M, scale, smoothing };
}

interface Tile {
  [name: string]: number;
  row: number;
  column: number;
  rows: number;
  columns: number;
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
        use(scores, { row, column, rows, columns });
      }
    }
  });
}

/** Adds what a tile of gradients of dot products brings to the operands. */
function addProducts(
  { gpu }: Tape,
  { anchors, candidates }: SimilarityCrossEntropyInputs,
  { scores, tile: { row, column, rows, columns }, dAnchors, dCandidates }: {
    scores: Tensor;
    tile: Tile;
    dAnchors: GradientSlot | null;
    dCandidates: GradientSlot | null;
  },
): void {
  const C = anchors.columns;
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
}
