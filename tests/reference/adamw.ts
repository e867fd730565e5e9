/**
 * One step of AdamW in float64 (Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019;
 * operations in the order of torch.optim.AdamW).
 *
 * @module
 */

/** A parameter, its gradient and its moments, all of one length. */
export interface AdamwState {
  parameter: Float64Array;
  gradient: Float64Array;
  /** First moment, zero before the first step. */
  m: Float64Array;
  /** Second moment, zero before the first step. */
  v: Float64Array;
}

/** Settings of {@linkcode adamw}. */
export interface AdamwOptions {
  /** Number of this step, from 1. */
  step: number;
  learningRate: number;
  beta1: number;
  beta2: number;
  eps: number;
  weightDecay: number;
}

/** The parameter and the moments after the step; what was passed stays as it was. */
export function adamw(
  { parameter, gradient, m, v }: AdamwState,
  { step, learningRate, beta1, beta2, eps, weightDecay }: AdamwOptions,
): Omit<AdamwState, "gradient"> {
  const correction1 = 1 - beta1 ** step;
  const correction2 = 1 - beta2 ** step;
  const newM = m.map((value, i) => beta1 * value + (1 - beta1) * gradient[i]);
  const newV = v.map((value, i) => beta2 * value + (1 - beta2) * gradient[i] ** 2);
  const moved = parameter.map((value, i) => {
    const decayed = value - learningRate * weightDecay * value;
    const denominator = Math.sqrt(newV[i]) / Math.sqrt(correction2) + eps;
    return decayed - learningRate / correction1 * newM[i] / denominator;
  });
  return { parameter: moved, m: newM, v: newV };
}
