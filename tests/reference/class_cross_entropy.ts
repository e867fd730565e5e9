/**
 * Cross entropy over classes in float64, forward and backward.
 *
 * @module
 */

/** Logits of R rows of K classes, and the class of each row. */
export interface ClassCrossEntropyInput {
  /** [R, K] */
  logits: Float64Array;
  labels: ArrayLike<number>;
  K: number;
  /** The share of the target that all classes get alike. Default: 0. */
  labelSmoothing?: number;
}

/** terms_i = lse_i - (1 - e) z_iy - e mean_k z_ik */
export function classCrossEntropy(input: ClassCrossEntropyInput): Float64Array {
  const { logits, labels, K, labelSmoothing: e = 0 } = input;
  return Float64Array.from({ length: logits.length / K }, (_, i) => {
    const z = logits.subarray(i * K, (i + 1) * K);
    const mean = z.reduce((sum, value) => sum + value / K, 0);
    return logSumExp(z) - (1 - e) * z[labels[i]] - e * mean;
  });
}

/** d_z_ik = (softmax_ik - (1 - e) [k = y] - e / K) dTerms_i */
export function classCrossEntropyBackward(
  input: ClassCrossEntropyInput,
  dTerms: Float64Array,
): Float64Array {
  const { logits, labels, K, labelSmoothing: e = 0 } = input;
  return logits.map((value, at) => {
    const [i, k] = [Math.floor(at / K), at % K];
    const lse = logSumExp(logits.subarray(i * K, (i + 1) * K));
    return (Math.exp(value - lse) - (k === labels[i] ? 1 - e : 0) - e / K) * dTerms[i];
  });
}

/** log of the sum of exponentials, without overflow. */
export function logSumExp(z: Float64Array): number {
  const top = z.reduce((a, b) => Math.max(a, b));
  return top + Math.log(z.reduce((sum, value) => sum + Math.exp(value - top), 0));
}
