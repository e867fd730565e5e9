/**
 * Distillation of rankings in float64: value and gradient.
 *
 * @module
 */
import { klDivergence, klDivergenceBackward } from "../kl_divergence.ts";
import {
  type QueryDocuments,
  queryDocumentScores,
  queryDocumentScoresBackward,
} from "./query_document_scores.ts";

/** A teacher's scores, and what scores are divided by. */
export interface Teacher {
  /** [B, n] */
  labels: Float64Array;
  studentTemperature: number;
  teacherTemperature: number;
}

/** The mean divergence times the square of the student's temperature. */
export function distillKlDivLoss(batch: QueryDocuments, { labels, ...temperatures }: Teacher) {
  const { B } = batch;
  const student = queryDocumentScores(batch);
  const input = { student, teacher: labels, K: student.length / B, ...temperatures };
  const factor = temperatures.studentTemperature ** 2 / B;
  const dScores = klDivergenceBackward(input, new Float64Array(B).fill(factor));
  return {
    loss: klDivergence(input).reduce((sum, term) => sum + term * factor, 0),
    dEmbeddings: queryDocumentScoresBackward(batch, dScores),
  };
}
