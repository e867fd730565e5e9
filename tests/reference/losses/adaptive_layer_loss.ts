/**
 * Losses after several layers in float64: value and gradients.
 *
 * @module
 */
import { klDivergence, klDivergenceBackward } from "../kl_divergence.ts";
import type { InnerLoss } from "./matryoshka_loss.ts";

/** How losses and divergences are added. */
export interface AdaptiveLayerOptions {
  C: number;
  inner: InnerLoss;
  lastWeight: number;
  /** Factor of the loss after each layer before the last. */
  priorWeights: number[];
  /** Factor of the divergence of each of them. */
  klWeight: number;
  temperature: number;
}

/** `layers` ends with the last layer. */
export function adaptiveLayerLoss(
  layers: readonly Float64Array[],
  { C, inner, lastWeight, priorWeights, klWeight, temperature }: AdaptiveLayerOptions,
) {
  const last = layers[layers.length - 1];
  const whole = inner(last, C);
  let loss = lastWeight * whole.loss;
  const dLayers = priorWeights.map((weight, i) => {
    const part = inner(layers[i], C);
    const rows = last.length / C;
    const temperatures = { studentTemperature: temperature, teacherTemperature: temperature };
    const input = { student: layers[i], teacher: last, K: C, ...temperatures };
    const divergence = klDivergence(input).reduce((sum, term) => sum + term / rows, 0);
    loss += weight * part.loss + klWeight * divergence;
    const dDivergence = klDivergenceBackward(input, new Float64Array(rows).fill(klWeight / rows));
    return part.dEmbeddings.map((g, at) => weight * g + dDivergence[at]);
  });
  return { loss, dLayers: [...dLayers, whole.dEmbeddings.map((g) => lastWeight * g)] };
}
