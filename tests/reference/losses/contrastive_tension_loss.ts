/**
 * Contrastive tension on given pairs in float64: value and gradients.
 *
 * @module
 */
import { binaryCrossEntropy, binaryCrossEntropyBackward } from "../binary_cross_entropy.ts";
import { documentScores, documentScoresBackward } from "../document_scores.ts";

/** Pairs, embedded by a model and its copy. */
export interface TensionInput {
  /** [2 B, C], of which the second half takes part. */
  embeddings: Float64Array;
  /** [2 B, C], of which the first half takes part. */
  twin: Float64Array;
  /** [B] */
  labels: Float64Array;
  C: number;
}

/** The sum of binary cross entropies of products. */
export function contrastiveTensionLoss({ embeddings, twin, labels, C }: TensionInput) {
  const B = labels.length;
  const half = B * C;
  const input = {
    queries: twin.slice(0, half),
    documents: embeddings.slice(half),
    B,
    C,
    measure: "dot",
  } as const;
  const logits = documentScores(input);
  const dLogits = binaryCrossEntropyBackward(logits, labels, new Float64Array(B).fill(1));
  const { dQueries, dDocuments } = documentScoresBackward(input, dLogits);
  const unused = new Float64Array(half);
  return {
    loss: binaryCrossEntropy(logits, labels).reduce((sum, term) => sum + term, 0),
    dEmbeddings: Float64Array.of(...unused, ...dDocuments),
    dTwin: Float64Array.of(...dQueries, ...unused),
  };
}
