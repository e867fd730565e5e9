/**
 * One step of AdamW in float64 whose states are rounded to 16-bit formats after the update, with or without
 * Kahan's compensation of what the parameter loses (Kahan, "Further remarks on reducing truncation errors",
 * 1965; the order of torchdistx's AnyPrecisionAdamW).
 *
 * @module
 */
import type { AdamwOptions, AdamwState } from "./adamw.ts";
import { roundToHalf } from "./round_to_half.ts";

/** A parameter, its gradient and its states, all of one length. */
export interface AnyprecisionState extends AdamwState {
  /** What the parameter is still owed, zero before the first step. */
  compensation: Float64Array;
}

/** Settings of {@linkcode anyprecisionAdamw}; null keeps a state as it is. */
export interface AnyprecisionOptions extends AdamwOptions {
  kahan: boolean;
  momentum: "f16" | "bf16" | null;
  variance: "f16" | "bf16" | null;
  compensation: "f16" | "bf16" | null;
  /** Rounds the parameter after each sum; not at all by default. */
  roundParameter?: (value: number) => number;
}

/** The parameter and the states after the step; what was passed stays as it was. */
export function anyprecisionAdamw(
  state: AnyprecisionState,
  options: AnyprecisionOptions,
): Omit<AnyprecisionState, "gradient"> {
  const { step, learningRate, beta1, beta2, eps, weightDecay } = options;
  const { roundParameter = (value) => value } = options;
  const to = (format: "f16" | "bf16" | null) => (value: number) =>
    format === null ? value : roundToHalf(value, format);
  const { parameter, gradient } = state;
  const m = state.m.map((value, i) =>
    to(options.momentum)(beta1 * value + (1 - beta1) * gradient[i])
  );
  const v = state.v.map((value, i) =>
    to(options.variance)(beta2 * value + (1 - beta2) * gradient[i] ** 2)
  );
  const update = m.map((value, i) =>
    learningRate / (1 - beta1 ** step) * value /
    (Math.sqrt(v[i]) / Math.sqrt(1 - beta2 ** step) + eps)
  );
  const decayed = parameter.map((value) =>
    roundParameter(value * (1 - learningRate * weightDecay))
  );
  if (!options.kahan) {
    const moved = decayed.map((value, i) => roundParameter(value - update[i]));
    return { parameter: moved, m, v, compensation: state.compensation };
  }
  const owed = state.compensation.map((value, i) => to(options.compensation)(value - update[i]));
  const moved = decayed.map((value, i) => roundParameter(value + owed[i]));
  const compensation = owed.map((value, i) =>
    to(options.compensation)(value + (decayed[i] - moved[i]))
  );
  return { parameter: moved, m, v, compensation };
}
