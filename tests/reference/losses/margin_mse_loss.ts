/**
 * Distillation of margins in float64: value and gradient.
 *
 * @module
 */
import { marginErrors, marginErrorsBackward } from "../margin_errors.ts";
import {
  type QueryDocuments,
  queryDocumentScores,
  queryDocumentScoresBackward,
} from "./query_document_scores.ts";

/** The mean of squares of what margins are off by. */
export function marginMseLoss(batch: QueryDocuments, labels: Float64Array) {
  const { B } = batch;
  const scores = queryDocumentScores(batch);
  const input = { scores, labels, n: scores.length / B - 1 };
  const dScores = marginErrorsBackward(input, new Float64Array(B).fill(1 / B));
  return {
    loss: marginErrors(input).reduce((sum, term) => sum + term / B, 0),
    dEmbeddings: queryDocumentScoresBackward(batch, dScores),
  };
}
