/**
 * Classification of pairs in float64: value and gradients.
 *
 * @module
 */
import { classCrossEntropy, classCrossEntropyBackward } from "../class_cross_entropy.ts";
import { linear, linearBackward } from "../linear.ts";
import { pairFeatures, pairFeaturesBackward, type PairParts } from "../pair_features.ts";

/** Pairs, their classes and the classifier. */
export interface SoftmaxLossInput extends PairParts {
  /** [2 B, C] */
  embeddings: Float64Array;
  /** [B] */
  labels: ArrayLike<number>;
  /** [K, P C] with P the number of parts. */
  weight: Float64Array;
  /** [K] */
  bias: Float64Array;
  labelSmoothing?: number;
}

/** The mean cross entropy of a linear classifier of features of pairs. */
export function softmaxLoss(input: SoftmaxLossInput) {
  const { embeddings, labels, weight, bias, labelSmoothing } = input;
  const T = labels.length;
  const N = bias.length;
  const operands = { x: pairFeatures(embeddings, input), weight, bias, T, N, K: weight.length / N };
  const classes = { logits: linear(operands), labels, K: N, labelSmoothing };
  const terms = classCrossEntropy(classes);
  const dTerms = new Float64Array(T).fill(1 / T);
  const { dX, dWeight, dBias } = linearBackward(
    operands,
    classCrossEntropyBackward(classes, dTerms),
  );
  return {
    loss: terms.reduce((sum, term) => sum + term / T, 0),
    dEmbeddings: pairFeaturesBackward(embeddings, dX, input),
    dWeight,
    dBias,
  };
}
