/**
 * One step of Lion in float64 (Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023).
 *
 * @module
 */

/** A parameter, its gradient and its moment, all of one length. */
export interface LionState {
  parameter: Float64Array;
  gradient: Float64Array;
  /** Average of gradients, zero before the first step. */
  m: Float64Array;
}

/** Settings of {@linkcode lion}. */
export interface LionOptions {
  learningRate: number;
  beta1: number;
  beta2: number;
  weightDecay: number;
}

/** The parameter and the moment after the step; what was passed stays as it was. */
export function lion(
  { parameter, gradient, m }: LionState,
  { learningRate, beta1, beta2, weightDecay }: LionOptions,
): Omit<LionState, "gradient"> {
  return {
    parameter: parameter.map((value, i) =>
      value - learningRate *
        (Math.sign(beta1 * m[i] + (1 - beta1) * gradient[i]) + weightDecay * value)
    ),
    m: m.map((value, i) => beta2 * value + (1 - beta2) * gradient[i]),
  };
}
