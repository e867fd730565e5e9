/**
 * Scores of a query and documents of its own, by upstream's names of similarities.
 *
 * @module
 */
import { z } from "zod";
import type { Tensor } from "../gpu/tensor.ts";
import { documentScores, type ScoreMeasure } from "../ops/document_scores.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { sliceRows } from "../ops/slice_rows.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch } from "./loss.ts";

/** How a query and a document are compared. */
export type PairSimilarity = "cos_sim" | "dot_score" | "euclidean_sim" | "manhattan_sim";

const MEASURES: Readonly<Record<PairSimilarity, ScoreMeasure>> = {
  cos_sim: "dot",
  dot_score: "dot",
  euclidean_sim: "euclidean",
  manhattan_sim: "manhattan",
};

/** The type of an option `similarity_fct`; "pairwise_dot_score" and the like mean the same. */
export const PAIR_SIMILARITY: z.ZodDefault<z.ZodType<PairSimilarity>> = z.preprocess(
  (value) => typeof value === "string" ? value.replace(/^pairwise_/, "") : value,
  z.enum(["cos_sim", "dot_score", "euclidean_sim", "manhattan_sim"]),
).default("dot_score");

/**
 * How similar the texts of the first column are to those of all others.
 *
 * @param tape Runs and records.
 * @param batch Its first column are the queries, each other one a document of every query.
 * @param similarity How to compare; distances count negative.
 * @returns The scores, [B, n], the documents in the order of the columns.
 */
export function queryDocumentScores(
  tape: Tape,
  { embeddings, columns }: EmbeddedBatch,
  similarity: PairSimilarity,
): Tensor {
  const compared = similarity === "cos_sim" ? l2Normalize(tape, embeddings) : embeddings;
  const { count } = columns[0];
  return documentScores(tape, {
    queries: sliceRows(tape, compared, 0, count),
    documents: sliceRows(tape, compared, count, compared.rows - count),
    measure: MEASURES[similarity],
  });
}
