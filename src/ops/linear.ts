/**
 * The linear layer.
 *
 * @module
 */
import { checkShape, type Tensor } from "../gpu/tensor.ts";
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
}

/**
 * y[T, N] = x weight^T + bias, with the weight laid out as in `torch.nn.Linear`.
 *
 * Saves `x`. Sums are f32 in the order of K; gradients of the weight over many rows are added in
 * slices of fixed order.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns y, [T, N].
 * @throws {TypeError} If shapes disagree.
 */
export function linear(tape: Tape, { x, weight, bias }: LinearInputs): Tensor {
  const { gpu } = tape;
  const [rows, width] = [x.rows, x.columns];
  const columns = weight.rows;
  checkShape("linear", "weight", weight, [columns, width]);
  if (bias !== undefined) checkShape("linear", "bias", bias, [columns]);
  const y = tape.empty([rows, columns], weight.label);
  matmul(gpu, {
    a: { tensor: x },
    b: { tensor: weight, transposed: true },
    c: y,
    m: rows,
    n: columns,
    k: width,
    bias,
  });
  const inputs = bias === undefined ? [x, weight] : [x, weight, bias];
  tape.record(y, inputs, [x], (dY) => {
    const dX = tape.slot(x);
    if (dX !== null) {
      matmul(gpu, {
        a: { tensor: dY },
        b: { tensor: weight },
        c: dX.gradient,
        m: rows,
        n: width,
        k: columns,
        accumulate: dX.accumulate,
      });
    }
    const dWeight = tape.slot(weight);
    if (dWeight !== null) {
      matmul(gpu, {
        a: { tensor: dY, transposed: true },
        b: { tensor: x },
        c: dWeight.gradient,
        m: columns,
        n: width,
        k: rows,
        accumulate: dWeight.accumulate,
      });
    }
    const dBias = bias === undefined ? null : tape.slot(bias);
    if (dBias !== null) addColumnSums(tape, dY, dBias.gradient);
  });
  return y;
}
