/**
 * The linear layer.
 *
 * @module
 */
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import { cast } from "./cast.ts";
import { addColumnSums } from "./column_sums.ts";
import { matmul } from "./matmul.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode linear}. */
export interface LinearInputs {
  /** [T, K] */
  x: Tensor;
  /** [N, K] */
  weight: Tensor;
  /** [N] */
  bias?: Tensor;
  /** Factor of the product, not of the bias. Default: 1. */
  scale?: number;
}

/**
 * y[T, N] = scale x weight^T + bias, with the weight laid out as in `torch.nn.Linear`.
 *
 * Saves `x`, unless the weight is frozen. Sums are f32 in the order of K; gradients of the weight over many rows are added in
 * slices of fixed order. Where the tape's precision is `"f16"` or `"bf16"`, the factors of all three
 * products are rounded to it, as `torch.autocast` rounds them, and x and the weight are saved that way;
 * results, the bias and all gradients stay f32.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns y, [T, N].
 * @throws {TypeError} If shapes disagree.
 */
export function linear(tape: Tape, { x, weight, bias, scale = 1 }: LinearInputs): Tensor {
  const { gpu } = tape;
  const [rows, width] = [x.rows, x.columns];
  const columns = weight.rows;
  checkShape("linear", "weight", weight, [columns, width]);
  if (bias !== undefined) checkShape("linear", "bias", bias, [columns]);
  const y = tape.empty([rows, columns], weight.label);
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  // The gradient of one factor is a product with the other.
  const keepLeft = tape.recording && tape.isTracked(weight);
  const keepRight = tape.recording && tape.isTracked(x);
  const left = factor(tape, x, keepLeft);
  const right = factor(tape, weight, keepRight);
  matmul(gpu, {
    a: { tensor: left },
    b: { tensor: right, transposed: true },
    c: y,
    m: rows,
    n: columns,
    k: width,
    scale,
    bias,
  });
  const saved = [...(keepLeft ? [left] : []), ...(keepRight ? [right] : [])];
  tape.record(y, inputs, saved, (dY) => {
    const dFactor = factor(tape, dY, false);
    const dX = tape.slot(x);
    if (dX !== null) {
      matmul(gpu, {
        a: { tensor: dFactor },
        b: { tensor: right },
        c: dX.gradient,
        m: rows,
        n: width,
        k: columns,
        scale,
        accumulate: dX.accumulate,
      });
    }
    const dWeight = tape.slot(weight);
    if (dWeight !== null) {
      matmul(gpu, {
        a: { tensor: dFactor, transposed: true },
        b: { tensor: left },
        c: dWeight.gradient,
        m: columns,
        n: width,
        k: rows,
        scale,
        accumulate: dWeight.accumulate,
      });
    }
    if (dFactor !== dY) gpu.release(dFactor);
    const dBias = bias === undefined ? null : tape.slot(bias);
    if (dBias !== null) addColumnSums(tape, dY, dBias.gradient);
  });
  if (!keepLeft && left !== x) gpu.release(left);
  if (!keepRight && right !== weight) gpu.release(right);
  return y;
}

/** What products read for a tensor: itself, or a copy in halves that the tape owns if it is kept. */
function factor(tape: Tape, tensor: Tensor, keep: boolean): Tensor {
  const { gpu, precision } = tape;
  if (precision === "f32") return tensor;
  const label = `${tensor.label} in ${precision}`;
  const copy = keep
    ? tape.empty(tensor.shape, label, precision)
    : gpu.tensor(tensor.shape, label, precision);
  cast(gpu, tensor, copy);
  return copy;
}
