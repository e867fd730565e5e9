/**
 * Activations of feed-forward parts in float64, forward and backward.
 *
 * @module
 */

import { gelu, geluBackward } from "./gelu.ts";

/** Exact GELU, GELU by a hyperbolic tangent (Hendrycks and Gimpel, 2016), max(x, 0), x / (1 + exp(-x)). */
export type HiddenActivationKind = "gelu" | "gelu_tanh" | "relu" | "silu";

const FACTOR = Math.sqrt(2 / Math.PI);

/** y = a(x), element by element. */
export function hiddenActivation(x: Float64Array, kind: HiddenActivationKind): Float64Array {
  if (kind === "gelu") return gelu(x);
  return x.map((value) => {
    if (kind === "relu") return Math.max(value, 0);
    if (kind === "silu") return value / (1 + Math.exp(-value));
    return value / 2 * (1 + Math.tanh(FACTOR * (value + 0.044715 * value ** 3)));
  });
}

/** dX = dY a'(x); the slope of max(x, 0) at 0 is 0. */
export function hiddenActivationBackward(
  x: Float64Array,
  dY: Float64Array,
  kind: HiddenActivationKind,
): Float64Array {
  if (kind === "gelu") return geluBackward(x, dY);
  return x.map((value, i) => {
    if (kind === "relu") return value > 0 ? dY[i] : 0;
    if (kind === "silu") {
      const p = 1 / (1 + Math.exp(-value));
      return dY[i] * (p + value * p * (1 - p));
    }
    const t = Math.tanh(FACTOR * (value + 0.044715 * value ** 3));
    const dT = (1 - t * t) * FACTOR * (1 + 3 * 0.044715 * value ** 2);
    return dY[i] * (1 + t + value * dT) / 2;
  });
}
