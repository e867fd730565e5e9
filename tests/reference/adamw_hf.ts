/**
 * One step of AdamW in float64 as transformers had it: the bias of both moments is corrected in the step
 * size, so that epsilon is not, and the decay comes after the update.
 *
 * @module
 */
import type { AdamwOptions, AdamwState } from "./adamw.ts";

/** The parameter and the moments after the step; what was passed stays as it was. */
export function adamwHf(
  { parameter, gradient, m, v }: AdamwState,
  { step, learningRate, beta1, beta2, eps, weightDecay }: AdamwOptions,
): Omit<AdamwState, "gradient"> {
  const newM = m.map((value, i) => beta1 * value + (1 - beta1) * gradient[i]);
  const newV = v.map((value, i) => beta2 * value + (1 - beta2) * gradient[i] ** 2);
  const size = learningRate * Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step);
  const moved = parameter.map((value, i) => {
    const after = value - size * newM[i] / (Math.sqrt(newV[i]) + eps);
    return after - learningRate * weightDecay * after;
  });
  return { parameter: moved, m: newM, v: newV };
}
