/**
 * Measures how well a query's relevant documents come before its irrelevant ones.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { averagePrecision, fallingOrder, isTie } from "./binary_metrics.ts";
import { csvFileName } from "./csv_log.ts";
import { checkCount, checkTruncateDim, embed, slice } from "./embed.ts";
import type { Embedder } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { type Similarity, similarityMatrix } from "./similarity.ts";

/** A query with documents to rank. */
export interface RerankingSample {
  /** The query. */
  readonly query: string;
  /** Its relevant documents. */
  readonly positive: readonly string[];
  /** Its irrelevant documents. */
  readonly negative: readonly string[];
}

/** What a {@linkcode RerankingEvaluator} measures with. */
export interface RerankingOptions extends EvaluatorOptions {
  /** Queries with their documents; those without a document of either kind are left out. */
  readonly samples: readonly RerankingSample[];
  /** How many of the best documents count for MRR and NDCG; 10 where not given. */
  readonly atK?: number;
  /** The score by which documents are ranked; cosine where not given. */
  readonly similarity?: Similarity;
}

/**
 * Ranks each query's own documents and averages MAP, MRR@k and NDCG@k over the queries.
 *
 * MAP takes documents of equal score together, NDCG the mean over their orders, as scikit-learn does;
 * MRR takes them as they stand, relevant ones first. A score of NaN ranks last.
 *
 * Keys: `map`, `mrr@k`, `ndcg@k`; primary: `ndcg@k`.
 *
 * Source: sentence-transformers, `RerankingEvaluator`.
 */
export class RerankingEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly csvHeader: readonly string[];
  readonly primaryMetric: string;
  readonly #samples: readonly RerankingSample[];
  readonly #atK: number;
  readonly #similarity: Similarity;
  readonly #truncateDim: number | undefined;

  /**
   * Takes the samples; embeds nothing yet.
   *
   * @param options queries with their documents, and how to measure
   * @throws {InputError} where no query has documents of both kinds
   * @throws {RangeError} where k or the width is not an integer of at least 1
   */
  constructor(options: RerankingOptions) {
    const { samples, atK = 10, similarity = "cosine", name = "" } = options;
    this.#samples = samples.filter(({ positive, negative }) =>
      positive.length * negative.length > 0
    );
    if (this.#samples.length === 0) {
      throw new InputError(
        `Cannot evaluate reranking: found ${samples.length} queries, wanted one with relevant and ` +
          "irrelevant documents",
      );
    }
    this.name = name;
    this.#atK = checkCount("atK", atK);
    this.#similarity = similarity;
    this.#truncateDim = checkTruncateDim(options.truncateDim);
    this.csvFile = csvFileName("RerankingEvaluator", name, `results_@${atK}`);
    this.csvHeader = ["MAP", `MRR@${atK}`, `NDCG@${atK}`];
    this.primaryMetric = metricKey(name, `ndcg@${atK}`);
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const truncateDim = this.#truncateDim;
    const queries = await embed(embedder, this.#samples.map(({ query }) => query), {
      task: "query",
      truncateDim,
    });
    const texts = this.#samples.flatMap(({ positive, negative }) => [...positive, ...negative]);
    const documents = await embed(embedder, texts, { task: "document", truncateDim });
    const sums = [0, 0, 0];
    let first = 0;
    this.#samples.forEach(({ positive, negative }, i) => {
      const end = first + positive.length + negative.length;
      const scores = similarityMatrix(
        this.#similarity,
        slice(queries, i, i + 1),
        slice(documents, first, end),
      );
      const labels = Array.from(scores, (_, row) => row < positive.length ? 1 : 0);
      sums[0] += averagePrecision(scores, labels);
      sums[1] += reciprocalRank(scores, labels, this.#atK);
      sums[2] += normalizedGain(scores, labels, this.#atK);
      first = end;
    });
    const csvRow = sums.map((sum) => sum / this.#samples.length);
    const keys = ["map", `mrr@${this.#atK}`, `ndcg@${this.#atK}`];
    const metrics = keys.map((key, i) => [metricKey(this.name, key), csvRow[i]] as const);
    return { metrics: Object.fromEntries(metrics), csvRow };
  }
}

function reciprocalRank(scores: Float64Array, labels: readonly number[], k: number): number {
  const rank = fallingOrder(scores).slice(0, k).findIndex((row) => labels[row] === 1);
  return rank < 0 ? 0 : 1 / (rank + 1);
}

/** NDCG of binary gains, averaged over the orders of equal scores. */
function normalizedGain(scores: Float64Array, labels: readonly number[], k: number): number {
  const discount = (rank: number): number => rank < k ? 1 / Math.log2(rank + 2) : 0;
  const order = fallingOrder(scores);
  let gain = 0;
  for (let start = 0; start < order.length;) {
    let [end, found, discounts] = [start, 0, 0];
    for (; end < order.length && isTie(scores[order[start]], scores[order[end]]); end++) {
      found += labels[order[end]];
      discounts += discount(end);
    }
    gain += found / (end - start) * discounts;
    start = end;
  }
  let ideal = 0;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  for (let rank = 0; rank < positives; rank++) ideal += discount(rank);
  return gain / ideal;
}
