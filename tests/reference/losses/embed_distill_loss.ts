/**
 * Distillation of embeddings in float64: value and gradients.
 *
 * @module
 */
import { linear, linearBackward } from "../linear.ts";
import {
  targetDistance,
  targetDistanceBackward,
  type TargetDistanceInput,
} from "../target_distance.ts";

/** Embeddings, their targets and perhaps a projection. */
export interface EmbedDistillInput extends Omit<TargetDistanceInput, "x"> {
  /** [S, C] */
  embeddings: Float64Array;
  C: number;
  /** [G, C] and [G]; without a projection C is G. */
  projection?: { weight: Float64Array; bias: Float64Array };
}

/** The mean distance of all rows. */
export function embedDistillLoss(input: EmbedDistillInput) {
  const { embeddings, C, G, projection } = input;
  const T = embeddings.length / C;
  const operands = projection && { x: embeddings, ...projection, T, K: C, N: G };
  const distances = { ...input, x: operands ? linear(operands) : embeddings };
  const terms = targetDistance(distances);
  const dX = targetDistanceBackward(distances, new Float64Array(T).fill(1 / T));
  const back = operands && linearBackward(operands, dX);
  return {
    loss: terms.reduce((sum, term) => sum + term / T, 0),
    dEmbeddings: back?.dX ?? dX,
    dWeight: back?.dWeight,
    dBias: back?.dBias,
  };
}
