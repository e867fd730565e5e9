/**
 * Scores by upstream's names of similarities in float64, forward and backward.
 *
 * @module
 */
import { documentScores, documentScoresBackward } from "../document_scores.ts";
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";

/** A batch of which the first column are queries and all others documents. */
export interface QueryDocuments {
  /** [S, C] */
  embeddings: Float64Array;
  B: number;
  C: number;
  similarity: "cos_sim" | "dot_score" | "euclidean_sim" | "manhattan_sim";
}

/** [B, n] */
export function queryDocumentScores(batch: QueryDocuments): Float64Array {
  return documentScores(operands(batch));
}

/** The gradient of the embeddings. */
export function queryDocumentScoresBackward(
  batch: QueryDocuments,
  dScores: Float64Array,
): Float64Array {
  const { embeddings, C, similarity } = batch;
  const { dQueries, dDocuments } = documentScoresBackward(operands(batch), dScores);
  const dCompared = Float64Array.of(...dQueries, ...dDocuments);
  return similarity === "cos_sim" ? l2NormalizeBackward(embeddings, dCompared, C) : dCompared;
}

function operands({ embeddings, B, C, similarity }: QueryDocuments) {
  const x = similarity === "cos_sim" ? l2Normalize(embeddings, C) : embeddings;
  const measures = {
    cos_sim: "dot",
    dot_score: "dot",
    euclidean_sim: "euclidean",
    manhattan_sim: "manhattan",
  } as const;
  return {
    queries: x.slice(0, B * C),
    documents: x.slice(B * C),
    B,
    C,
    measure: measures[similarity],
  };
}
