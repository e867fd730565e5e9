/**
 * One step of RMSprop in float64, with coupled weight decay (Tieleman and Hinton, "Lecture 6.5", 2012;
 * centered: Graves, "Generating Sequences With Recurrent Neural Networks", 2013; torch.optim.RMSprop's
 * convention).
 *
 * @module
 */

/** A parameter, its gradient and its states, all of one length. */
export interface RmspropState {
  parameter: Float64Array;
  gradient: Float64Array;
  /** Average of squared gradients, zero before the first step. */
  square: Float64Array;
  /** Average of gradients, zero before the first step; kept where centered. */
  average: Float64Array;
  /** Running sum of updates, zero before the first step; kept with momentum. */
  buffer: Float64Array;
}

/** Settings of {@linkcode rmsprop}. */
export interface RmspropOptions {
  learningRate: number;
  momentum: number;
  alpha: number;
  eps: number;
  centered: boolean;
  weightDecay: number;
}

/** The parameter and the states after the step; what was passed stays as it was. */
export function rmsprop(
  { parameter, gradient, square, average, buffer }: RmspropState,
  { learningRate, momentum, alpha, eps, centered, weightDecay }: RmspropOptions,
): Omit<RmspropState, "gradient"> {
  const slope = gradient.map((value, i) => value + weightDecay * parameter[i]);
  const newSquare = square.map((value, i) => alpha * value + (1 - alpha) * slope[i] ** 2);
  const newAverage = centered
    ? average.map((value, i) => alpha * value + (1 - alpha) * slope[i])
    : average;
  const update = slope.map((value, i) => {
    const spread = centered ? newSquare[i] - newAverage[i] ** 2 : newSquare[i];
    return value / (Math.sqrt(spread) + eps);
  });
  const newBuffer = momentum === 0
    ? buffer
    : buffer.map((value, i) => momentum * value + update[i]);
  const direction = momentum === 0 ? update : newBuffer;
  return {
    parameter: parameter.map((value, i) => value - learningRate * direction[i]),
    square: newSquare,
    average: newAverage,
    buffer: newBuffer,
  };
}
