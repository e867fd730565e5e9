/**
 * Linear layer in float64, forward and backward.
 *
 * @module
 */

import { matmul } from "./matmul.ts";

/** Operands of {@linkcode linear}: T rows, K columns in, N columns out. */
export interface LinearInput {
  /** [T, K] */
  x: Float64Array;
  /** [N, K] */
  weight: Float64Array;
  /** [N] */
  bias: Float64Array;
  T: number;
  K: number;
  N: number;
}

/** Gradients of {@linkcode linear}, each in the shape of its operand. */
export interface LinearGradients {
  dX: Float64Array;
  dWeight: Float64Array;
  dBias: Float64Array;
}

/** y[T, N] = x weight^T + bias. */
export function linear({ x, weight, bias, T, K, N }: LinearInput): Float64Array {
  const y = matmul({ a: x, b: weight, M: T, N, K, transposeB: true });
  return y.map((value, index) => value + bias[index % N]);
}

/** dX = dY weight, dWeight = dY^T x, dBias = column sums of dY[T, N]. */
export function linearBackward(
  { x, weight, T, K, N }: LinearInput,
  dY: Float64Array,
): LinearGradients {
  const dBias = new Float64Array(N);
  dY.forEach((value, index) => dBias[index % N] += value);
  return {
    dX: matmul({ a: dY, b: weight, M: T, N: K, K: N }),
    dWeight: matmul({ a: dY, b: x, M: N, N: K, K: T, transposeA: true }),
    dBias,
  };
}
