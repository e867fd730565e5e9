/**
 * One step of stochastic gradient descent in float64, with coupled weight decay (Sutskever et al., "On the
 * importance of initialization and momentum in deep learning", 2013; torch.optim.SGD's convention).
 *
 * @module
 */

/** A parameter, its gradient and its running sum, all of one length. */
export interface SgdState {
  parameter: Float64Array;
  gradient: Float64Array;
  /** Running sum of gradients, zero before the first step. */
  buffer: Float64Array;
}

/** Settings of {@linkcode sgd}. */
export interface SgdOptions {
  /** Number of this step, from 1. */
  step: number;
  learningRate: number;
  momentum: number;
  dampening: number;
  nesterov: boolean;
  weightDecay: number;
}

/** The parameter and the running sum after the step; what was passed stays as it was. */
export function sgd(
  { parameter, gradient, buffer }: SgdState,
  { step, learningRate, momentum, dampening, nesterov, weightDecay }: SgdOptions,
): Omit<SgdState, "gradient"> {
  const slope = gradient.map((value, i) => value + weightDecay * parameter[i]);
  const summed = step === 1
    ? slope
    : slope.map((value, i) => momentum * buffer[i] + (1 - dampening) * value);
  const direction = momentum === 0
    ? slope
    : nesterov
    ? slope.map((value, i) => value + momentum * summed[i])
    : summed;
  return {
    parameter: parameter.map((value, i) => value - learningRate * direction[i]),
    buffer: momentum === 0 ? buffer : summed,
  };
}
