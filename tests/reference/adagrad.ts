/**
 * One step of Adagrad in float64, with coupled weight decay (Duchi et al., "Adaptive Subgradient Methods for
 * Online Learning and Stochastic Optimization", 2011; torch.optim.Adagrad's convention).
 *
 * @module
 */

/** A parameter, its gradient and its sum of squares, all of one length. */
export interface AdagradState {
  parameter: Float64Array;
  gradient: Float64Array;
  /** Sum of squared gradients, zero before the first step. */
  sum: Float64Array;
}

/** Settings of {@linkcode adagrad}. */
export interface AdagradOptions {
  /** Number of this step, from 1. */
  step: number;
  learningRate: number;
  lrDecay: number;
  eps: number;
  weightDecay: number;
}

/** The parameter and the sum after the step; what was passed stays as it was. */
export function adagrad(
  { parameter, gradient, sum }: AdagradState,
  { step, learningRate, lrDecay, eps, weightDecay }: AdagradOptions,
): Omit<AdagradState, "gradient"> {
  const slope = gradient.map((value, i) => value + weightDecay * parameter[i]);
  const summed = sum.map((value, i) => value + slope[i] ** 2);
  const rate = learningRate / (1 + (step - 1) * lrDecay);
  return {
    parameter: parameter.map((value, i) => value - rate * slope[i] / (Math.sqrt(summed[i]) + eps)),
    sum: summed,
  };
}
