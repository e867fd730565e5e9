/**
 * Layer normalisation.
 *
 * @module
 */
import source from "../../shaders/layer_norm.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode layerNorm}. */
export interface LayerNormInputs {
  /** [T, C], C a multiple of 4. */
  x: Tensor;
  /** [C] */
  gain: Tensor;
  /** [C]. Default: zeros. */
  bias?: Tensor;
  /** Added to the variance. */
  epsilon: number;
  /** Threads that share a row. Default: as the adapter likes it. */
  lanes?: number;
}

const init = (entryPoint: string) => ({ name: "layer_norm", source, entryPoint });
const FORWARD = new RowKernel(init("forward"));
const BACKWARD_INPUT = new RowKernel(init("backward_input"));
const BACKWARD_PARAMETERS = new Kernel(init("backward_parameters"));
const TOTAL = new Kernel(init("total"));

/** Rows of one share of a parameter gradient. */
const CHUNK = 64;
const MAX_CHUNKS = 65535;

/**
 * y[t, c] = (x[t, c] - mean) / sqrt(variance + epsilon) gain[c] + bias[c], mean and variance of row t.
 *
 * Saves `x` and two numbers a row. The variance is that of the whole row, not of a sample, and is taken
 * in a second pass. Source: Ba et al., "Layer Normalization", 2016; `torch.nn.LayerNorm`.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns y, [T, C].
 * @throws {TypeError} If shapes disagree.
 */
export function layerNorm(tape: Tape, inputs: LayerNormInputs): Tensor {
  const { gpu } = tape;
  const { x, gain, bias, epsilon, lanes } = inputs;
  const [rows, columns] = [x.rows, x.columns];
  checkShape("layerNorm", "gain", gain, [columns]);
  if (bias !== undefined) checkShape("layerNorm", "bias", bias, [columns]);
  const y = tape.empty([rows, columns], gain.label);
  const statistics = tape.empty([rows, 2], "row statistics");
  const quads = quadsOf("layerNorm", x);
  const params = { rows, quads, epsilon, chunk: 0, chunks: 0, accumulate: 0 };
  withVector(
    tape,
    bias,
    columns,
    (bias) =>
      FORWARD.dispatch(gpu, { tensors: { x, gain, bias, y, statistics }, params, rows, lanes }),
  );
  const tracked = bias === undefined ? [x, gain] : [x, gain, bias];
  tape.record(y, tracked, [x, statistics], (dY) => {
    const dX = tape.slot(x);
    if (dX !== null) {
      BACKWARD_INPUT.dispatch(gpu, {
        tensors: { x, gain, saved: statistics, d_y: dY, d_x: dX.gradient },
        params: { ...params, accumulate: dX.accumulate ? 1 : 0 },
        rows,
        lanes,
      });
    }
    addNormGradients(tape, { x, statistics, dY, gain, bias });
  });
  return y;
}

/**
 * Adds the gradients of gain and bias; not differentiable by itself.
 *
 * @param tape Runs the kernels, and knows where gradients go.
 * @param inputs What was normalised, [T, C]; mean and reciprocal deviation of its rows, [T, 2]; the gradient
 *   of the result; the parameters.
 */
export function addNormGradients(
  tape: Tape,
  { x, statistics, dY, gain, bias }: {
    x: Tensor;
    statistics: Tensor;
    dY: Tensor;
    gain: Tensor;
    bias?: Tensor;
  },
): void {
  const { gpu } = tape;
  const dGain = tape.slot(gain);
  if (dGain === null) return;
  const dBias = bias === undefined ? undefined : tape.slot(bias)?.gradient;
  const [rows, columns] = [x.rows, x.columns];
  const chunk = Math.max(CHUNK, Math.ceil(rows / MAX_CHUNKS));
  const chunks = Math.ceil(rows / chunk);
  const params = { rows, quads: quadsOf("layerNorm", x), chunk, chunks };
  tape.temporary([chunks, 2, columns], "shares", (shares) => {
    gpu.recorder.dispatch(BACKWARD_PARAMETERS, {
      tensors: { x, saved: statistics, d_y: dY, shares },
      params: { ...params, accumulate: 0, epsilon: 0 },
      workgroups: [Math.ceil(columns / 128), chunks],
    });
    withVector(tape, dBias, columns, (d_bias) =>
      gpu.recorder.dispatch(TOTAL, {
        tensors: { chunk_shares: shares, d_gain: dGain.gradient, d_bias },
        params: { ...params, accumulate: 0, epsilon: 0 },
        workgroups: [Math.ceil(columns / 128)],
      }));
  });
}

/** Runs `use` with a vector, or with zeros where there is none. */
export function withVector(
  tape: Tape,
  vector: Tensor | undefined,
  columns: number,
  use: (vector: Tensor) => void,
): void {
  if (vector !== undefined) return use(vector);
  tape.temporary([columns], "zeros", (zeros) => {
    tape.gpu.recorder.clear(zeros);
    use(zeros);
  });
}
