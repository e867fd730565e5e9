/**
 * Noise on token embeddings.
 *
 * @module
 */
import source from "../../shaders/neftune_noise.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** Options of {@linkcode neftuneNoise}. */
export interface NeftuneNoiseOptions {
  /** The first token of every sequence, then T: [S + 1]. */
  sequenceStarts: Tensor;
  /** Strength of the noise, 0 or more. */
  alpha: number;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

const FORWARD = new RowKernel({ name: "neftune_noise", source, entryPoint: "forward" });
const BACKWARD = new Kernel({ name: "neftune_noise", source, entryPoint: "backward" });

/**
 * y[t, c] = x[t, c] + a_t u(t, c), with u uniform in (-1, 1) and a_t = alpha / sqrt(L_t C), where L_t is
 * the length of the sequence that token t belongs to.
 *
 * u is a function of the tape's seed and step, the order of the random ops, row and column. The gradient
 * of y is that of x; nothing is saved. With alpha 0 it returns `x` itself and draws no key. Source: Jain
 * et al., "NEFTune: Noisy Embeddings Improve Instruction Finetuning", 2023. transformers takes the padded
 * length of the batch for L; nothing is padded here, so that all but the longest sequences of a batch get
 * more noise than there.
 *
 * @param tape Runs and records the op.
 * @param x [T, C], C a multiple of 4; a tensor that an op returned.
 * @param options Sequences and strength.
 * @returns y, in the shape of x.
 * @throws {TypeError} If C is not a multiple of 4.
 * @throws {RangeError} If alpha is below 0 or not finite.
 */
export function neftuneNoise(tape: Tape, x: Tensor, options: NeftuneNoiseOptions): Tensor {
  const { sequenceStarts, alpha, lanes } = options;
  if (!(alpha >= 0 && alpha < Infinity)) {
    throw new RangeError(
      `Cannot run neftuneNoise: alpha is ${alpha}, wanted 0 or a positive number`,
    );
  }
  if (alpha === 0) return x;
  const { rows } = x;
  const quads = quadsOf("neftuneNoise", x);
  const [key_0, key_1] = tape.randomKey();
  const params = {
    first_row: tape.firstRow,
    rows,
    quads,
    sequences: sequenceStarts.size - 1,
    key_0,
    key_1,
    scale: alpha / Math.sqrt(x.columns) * 2 ** -24,
  };
  const y = tape.empty(x.shape, `noisy ${x.label}`);
  FORWARD.dispatch(tape.gpu, {
    tensors: { x, starts: sequenceStarts, y },
    params,
    rows,
    lanes,
  });
  tape.record(y, [x], [], (dY) => {
    if (tape.passGradient(y, x)) return;
    const dX = tape.slot(x);
    if (dX === null) return;
    const { recorder } = tape.gpu;
    if (!dX.accumulate) return recorder.copy(dY, dX.gradient);
    recorder.dispatch(BACKWARD, {
      tensors: { d_y: dY, d_x: dX.gradient },
      params,
      workgroups: foldWorkgroups(Math.ceil(rows * quads / 64)),
    });
  });
  return y;
}
