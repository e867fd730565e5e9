/**
 * Gated activations in float64, forward and backward (Shazeer, "GLU Variants Improve Transformer", 2020).
 *
 * @module
 */

import {
  hiddenActivation,
  hiddenActivationBackward,
  type HiddenActivationKind,
} from "./hidden_activation.ts";

/** y[T, F] = a(x[:, :F]) x[:, F:] for x[T, 2F]. */
export function gatedActivation(
  x: Float64Array,
  F: number,
  kind: HiddenActivationKind,
): Float64Array {
  const gates = half(x, F, 1);
  return hiddenActivation(half(x, F, 0), kind).map((value, i) => value * gates[i]);
}

/** dX[T, 2F] for dY[T, F]. */
export function gatedActivationBackward(
  x: Float64Array,
  dY: Float64Array,
  { F, kind }: { F: number; kind: HiddenActivationKind },
): Float64Array {
  const [values, gates] = [half(x, F, 0), half(x, F, 1)];
  const dValues = hiddenActivationBackward(values, dY.map((d, i) => d * gates[i]), kind);
  const activated = hiddenActivation(values, kind);
  const dX = new Float64Array(x.length);
  for (let i = 0; i < dY.length; i++) {
    const at = 2 * F * Math.floor(i / F) + i % F;
    dX[at] = dValues[i];
    dX[at + F] = dY[i] * activated[i];
  }
  return dX;
}

function half(x: Float64Array, F: number, which: number): Float64Array {
  return x.filter((_, i) => Math.floor(i % (2 * F) / F) === which);
}
