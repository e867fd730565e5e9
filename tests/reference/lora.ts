/**
 * A linear layer with low-rank updates of some of its named layers in float64, forward and backward.
 *
 * @module
 */
import { linear, linearBackward } from "./linear.ts";

/** An update of N columns of the layer's result, from `first` on. */
export interface LoraUpdate {
  first: number;
  /** [r, K] */
  a: Float64Array;
  /** [N, r] */
  b: Float64Array;
}

/** Operands of {@linkcode loraLinear}: T rows, K columns in, `total` columns out, N of each update. */
export interface LoraInput {
  /** [T, K] */
  x: Float64Array;
  /** [total, K] */
  weight: Float64Array;
  /** [total] */
  bias: Float64Array;
  updates: LoraUpdate[];
  scale: number;
  T: number;
  K: number;
  N: number;
  r: number;
  total: number;
}

/** y = x weight^T + bias, plus scale x A^T B^T in the columns of each update. */
export function loraLinear(input: LoraInput): Float64Array {
  const { x, weight, bias, updates, scale, T, K, N, r, total } = input;
  const y = linear({ x, weight, bias, T, K, N: total });
  for (const { first, a, b } of updates) {
    const inner = linear({ x, weight: a, bias: new Float64Array(r), T, K, N: r });
    const update = linear({ x: inner, weight: b, bias: new Float64Array(N), T, K: r, N });
    update.forEach((value, i) => y[Math.floor(i / N) * total + first + i % N] += scale * value);
  }
  return y;
}

/** Gradients of x and of each update's A and B. */
export function loraLinearBackward(
  input: LoraInput,
  dY: Float64Array,
): { dX: Float64Array; dA: Float64Array[]; dB: Float64Array[] } {
  const { x, weight, bias, updates, scale, T, K, N, r, total } = input;
  const { dX } = linearBackward({ x, weight, bias, T, K, N: total }, dY);
  const [dA, dB]: Float64Array[][] = [[], []];
  for (const { first, a, b } of updates) {
    const dUpdate = Float64Array.from(
      { length: T * N },
      (_, i) => scale * dY[Math.floor(i / N) * total + first + i % N],
    );
    const inner = linear({ x, weight: a, bias: new Float64Array(r), T, K, N: r });
    const outer = { x: inner, weight: b, bias: new Float64Array(N), T, K: r, N };
    const ofOuter = linearBackward(outer, dUpdate);
    const ofInner = linearBackward(
      { x, weight: a, bias: new Float64Array(r), T, K, N: r },
      ofOuter.dX,
    );
    dA.push(ofInner.dWeight);
    dB.push(ofOuter.dWeight);
    ofInner.dX.forEach((value, i) => dX[i] += value);
  }
  return { dX, dA, dB };
}
