/**
 * What the in-batch ranking losses do with a batch.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { type ScoreBlock, similarityCrossEntropy } from "../ops/similarity_cross_entropy.ts";
import { sliceRows } from "../ops/slice_rows.ts";
import type { Tape } from "../ops/tape.ts";
import { cannotTrain } from "./cannot_train.ts";
import type { EmbeddedBatch } from "./loss.ts";
import type { RankingConfig, RankingDirection } from "./ranking_options.ts";

/** What a direction compares, beside the anchors against all documents. */
const BLOCKS: Readonly<Record<Exclude<RankingDirection, "query_to_doc">, ScoreBlock>> = {
  query_to_query: { rows: "anchors", against: "anchors", excludesOwn: true },
  doc_to_query: { rows: "positives", against: "anchors" },
  doc_to_doc: { rows: "positives", against: "candidates", excludesOwn: true },
};

/** Embeddings by what they are to a loss. */
export interface AnchorsAndCandidates {
  /** The first column, [B, C]. */
  readonly anchors: Tensor;
  /** All other columns one after the other, positives first: [M, C]. */
  readonly candidates: Tensor;
}

/**
 * Parts a batch's embeddings.
 *
 * @param tape Runs and records.
 * @param embeddings Those of all columns, one column after the other.
 * @param count How many rows a column has, B.
 * @returns The parts.
 */
export function splitAnchors(tape: Tape, embeddings: Tensor, count: number): AnchorsAndCandidates {
  return {
    anchors: sliceRows(tape, embeddings, 0, count),
    candidates: sliceRows(tape, embeddings, count, embeddings.rows - count),
  };
}

/**
 * Ranks every positive above what else its row is compared with.
 *
 * @param tape Runs and records.
 * @param batch The embeddings of anchors, positives and any columns of negatives.
 * @param config How to compare.
 * @returns The mean cross entropy, a scalar.
 */
export function rankInBatch(
  tape: Tape,
  { embeddings, columns, labelSmoothing }: EmbeddedBatch,
  config: RankingConfig,
): Tensor {
  const { scale, similarity_fct, hardness_mode: mode, hardness_strength: strength } = config;
  const compared = similarity_fct === "cos_sim" ? l2Normalize(tape, embeddings) : embeddings;
  return similarityCrossEntropy(tape, {
    ...splitAnchors(tape, compared, columns[0].count),
    scale,
    labelSmoothing,
    blocks: Object.entries(BLOCKS).flatMap(([direction, block]) =>
      config.directions.includes(direction as RankingDirection) ? [block] : []
    ),
    partition: config.partition_mode === "joint" ? "joint" : "per_block",
    ...(mode !== null && {
      hardness: {
        own: mode === "in_batch_negatives" ? 0 : strength,
        others: mode === "hard_negatives" ? 0 : strength,
      },
    }),
  });
}

/**
 * Whether the candidates are classes that labels can be smoothed over: those of one direction are.
 *
 * @param config How a loss compares.
 * @returns Whether they are.
 */
export function smoothsRanking({ directions }: RankingConfig): boolean {
  return directions.every((direction) => direction === "query_to_doc");
}

/**
 * Checks that there are anchors and positives.
 *
 * @param loss The name of the loss, for the message.
 * @param columns Names of the text columns, in order.
 * @throws {UsageError} With fewer than two.
 */
export function checkRankingColumns(loss: string, columns: readonly string[]): void {
  if (columns.length >= 2) return;
  throw cannotTrain(
    loss,
    columns,
    `anchor, positive and, if there are any, negatives (Expected at least 2 embeddings, got ${columns.length})`,
  );
}
