/**
 * The in-batch ranking loss in both directions in float64: the mean of two cross entropies.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "../similarity_cross_entropy.ts";

/** Embeddings [columns B, C], and the options by their upstream names. */
export interface MultipleNegativesSymmetricRankingInput {
  embeddings: Float64Array;
  B: number;
  C: number;
  scale?: number;
  similarity_fct?: "cos_sim" | "dot_score";
}

/** The loss, and its gradient with respect to the embeddings. */
export function multipleNegativesSymmetricRankingLoss(
  { embeddings, B, C, scale = 20, similarity_fct = "cos_sim" }:
    MultipleNegativesSymmetricRankingInput,
): { loss: number; gradient: Float64Array } {
  const isCosine = similarity_fct === "cos_sim";
  const values = isCosine ? l2Normalize(embeddings, C) : embeddings;
  const anchors = values.slice(0, B * C);
  const documents = values.slice(B * C);
  const positives = documents.slice(0, B * C);
  const there = { anchors, candidates: documents, C, scale };
  const back = { anchors: positives, candidates: anchors, C, scale };
  const gradient = new Float64Array(values.length);
  const add = (part: Float64Array, at: number) =>
    part.forEach((value, index) => gradient[at + index] += value);
  const thereGradients = similarityCrossEntropyBackward(there, 0.5);
  const backGradients = similarityCrossEntropyBackward(back, 0.5);
  add(thereGradients.dAnchors, 0);
  add(thereGradients.dCandidates, B * C);
  add(backGradients.dAnchors, B * C);
  add(backGradients.dCandidates, 0);
  return {
    loss: (similarityCrossEntropy(there).loss + similarityCrossEntropy(back).loss) / 2,
    gradient: isCosine ? l2NormalizeBackward(embeddings, gradient, C) : gradient,
  };
}
