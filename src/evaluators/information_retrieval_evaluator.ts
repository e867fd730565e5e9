/**
 * Measures how well queries find their relevant documents among all documents of a corpus.
 *
 * @module
 */

import { csvFileName } from "./csv_log.ts";
import type { Embedder } from "./embedder.ts";
import { type EvaluationResult, type Evaluator, metricKey } from "./evaluator.ts";
import {
  deepestCutoff,
  rankingCsvColumns,
  type RankingCutoffs,
  rankingCutoffs,
  rankingMetrics,
} from "./ranking_metrics.ts";
import { type RetrievalData, type RetrievalTask, retrievalTask } from "./retrieval_task.ts";
import { type ScoreFunctionOptions, ScoreFunctions } from "./score_functions.ts";
import { type Similarity, SimilarityScorer } from "./similarity.ts";
import { TopK } from "./top_k.ts";

/** What an {@linkcode InformationRetrievalEvaluator} measures with. */
export interface InformationRetrievalOptions
  extends RetrievalData, Partial<RankingCutoffs>, ScoreFunctionOptions {
  /** Goes in front of the metric keys and into the file name; empty where not given. */
  readonly name?: string;
  /** How many documents are embedded and held at a time; 50,000 where not given. */
  readonly corpusChunkSize?: number;
}

const QUERY_TILE = 32;
const DOCUMENT_TILE = 128;

/**
 * Ranks the whole corpus for every query and averages accuracy, precision, recall, MRR, NDCG and
 * MAP over the queries that have a relevant document; queries without one are left out.
 *
 * Documents of equal score rank in corpus order (upstream: in order of their ids), and a document
 * whose score is NaN is not ranked at all, so that a diverged model scores 0. Scores are computed
 * in tiles and only the best documents of each query are kept.
 *
 * Keys: `{similarity}_accuracy@k`, `_precision@k`, `_recall@k`, `_ndcg@k`, `_mrr@k`, `_map@k`;
 * primary: `{similarity}_ndcg@` the largest k.
 *
 * Source: sentence-transformers, `InformationRetrievalEvaluator`.
 */
export class InformationRetrievalEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly #task: RetrievalTask;
  readonly #cutoffs: RankingCutoffs;
  readonly #chunkSize: number;
  readonly #scoreFunctions: ScoreFunctions;
  #main: Similarity | undefined;

  /**
   * Takes the task; embeds nothing yet.
   *
   * @param options queries, corpus, which belongs to which, and how to measure
   * @throws {InputError} where no query has a relevant document, or the corpus is empty
   * @throws {RangeError} where a cutoff or the chunk size is not an integer of at least 1
   */
  constructor(options: InformationRetrievalOptions) {
    const { name = "", corpusChunkSize = 50_000 } = options;
    if (!Number.isInteger(corpusChunkSize) || corpusChunkSize < 1) {
      throw new RangeError(
        `Cannot use corpusChunkSize ${corpusChunkSize}: wanted an integer of at least 1`,
      );
    }
    this.name = name;
    this.csvFile = csvFileName("Information-Retrieval_evaluation", name);
    this.#task = retrievalTask(options);
    this.#cutoffs = rankingCutoffs(options);
    this.#chunkSize = corpusChunkSize;
    this.#scoreFunctions = new ScoreFunctions(options);
    this.#main = this.#scoreFunctions.main;
  }

  get primaryMetric(): string {
    return metricKey(this.name, this.#ndcgKey(this.#main ?? this.#scoreFunctions.names[0]));
  }

  get csvHeader(): readonly string[] {
    const columns = rankingCsvColumns(this.#cutoffs);
    return this.#scoreFunctions.names.flatMap((fn) =>
      columns.map(([_key, column]) => `${fn}-${column}`)
    );
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const scoreFunctions = this.#scoreFunctions.resolve(embedder);
    const rankings = await this.#rank(embedder, scoreFunctions);
    const results = rankings.map((ranked) =>
      rankingMetrics(ranked, this.#task.relevant, this.#cutoffs)
    );

    const metrics: Record<string, number> = {};
    const csvRow: number[] = [];
    const csvKeys = rankingCsvColumns(this.#cutoffs).map(([key]) => key);
    scoreFunctions.forEach((fn, i) => {
      for (const [key, value] of Object.entries(results[i])) {
        metrics[metricKey(this.name, `${fn}_${key}`)] = value;
      }
      csvRow.push(...csvKeys.map((key) => results[i][key]));
    });
    this.#main ??= this.#best(metrics);
    return { metrics, csvRow };
  }

  #ndcgKey(fn: Similarity): string {
    return `${fn}_ndcg@${Math.max(...this.#cutoffs.ndcgAtK)}`;
  }

  #best(metrics: Record<string, number>): Similarity {
    const score = (fn: Similarity): number => metrics[metricKey(this.name, this.#ndcgKey(fn))];
    return this.#scoreFunctions.names.reduce((best, fn) => score(fn) > score(best) ? fn : best);
  }

  /** The ids of the best documents, by score function and query. */
  async #rank(embedder: Embedder, scoreFunctions: readonly Similarity[]): Promise<string[][][]> {
    const { queryTexts, corpusIds, corpusTexts } = this.#task;
    const queries = await embedder.encode(queryTexts);
    const depth = Math.min(deepestCutoff(this.#cutoffs), corpusIds.length);
    const selections = scoreFunctions.map(() => queryTexts.map(() => new TopK(depth)));
    for (let start = 0; start < corpusTexts.length; start += this.#chunkSize) {
      const texts = corpusTexts.slice(start, start + this.#chunkSize);
      const documents = await embedder.encode(texts);
      scoreFunctions.forEach((fn, i) =>
        offerAll(new SimilarityScorer(fn, queries, documents), selections[i], texts.length, start)
      );
    }
    return selections.map((perQuery) =>
      perQuery.map((selection) => selection.indices().map((index) => corpusIds[index]))
    );
  }
}

function offerAll(
  scorer: SimilarityScorer,
  selections: readonly TopK[],
  documentCount: number,
  firstIndex: number,
): void {
  const tile = new Float64Array(QUERY_TILE * DOCUMENT_TILE);
  for (let d = 0; d < documentCount; d += DOCUMENT_TILE) {
    const dEnd = Math.min(d + DOCUMENT_TILE, documentCount);
    for (let q = 0; q < selections.length; q += QUERY_TILE) {
      const qEnd = Math.min(q + QUERY_TILE, selections.length);
      scorer.tile(q, qEnd, d, dEnd, tile);
      let next = 0;
      for (let i = q; i < qEnd; i++) {
        for (let j = d; j < dEnd; j++) selections[i].offer(tile[next++], firstIndex + j);
      }
    }
  }
}
