/**
 * Measures how well queries find their relevant documents among all documents of a corpus.
 *
 * @module
 */

import { csvFileName } from "./csv_log.ts";
import { checkCount, checkTruncateDim, embed } from "./embed.ts";
import type { Embedder, EmbedOptions } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import {
  deepestCutoff,
  rankingCsvColumns,
  type RankingCutoffs,
  rankingCutoffs,
  rankingMetrics,
} from "./ranking_metrics.ts";
import { type RetrievalData, type RetrievalTask, retrievalTask } from "./retrieval_task.ts";
import { type ScoreFunctionOptions, ScoreFunctions } from "./score_functions.ts";
import { search } from "./search.ts";
import type { Similarity } from "./similarity.ts";
import { TopK } from "./top_k.ts";

/** How an {@linkcode InformationRetrievalEvaluator} measures. */
export interface RetrievalSettings
  extends Partial<RankingCutoffs>, EvaluatorOptions, ScoreFunctionOptions {
  /** How many documents are embedded and held at a time; 50,000 where not given. */
  readonly corpusChunkSize?: number;
  /** Text to put before every query; the model's prompt for queries where not given. */
  readonly queryPrompt?: string;
  /** Which of the model's prompts to put before every query. */
  readonly queryPromptName?: string;
  /** Text to put before every document; the model's prompt for documents where not given. */
  readonly corpusPrompt?: string;
  /** Which of the model's prompts to put before every document. */
  readonly corpusPromptName?: string;
}

/** What an {@linkcode InformationRetrievalEvaluator} measures with. */
export interface InformationRetrievalOptions extends RetrievalData, RetrievalSettings {}

/**
 * Ranks the whole corpus for every query and averages accuracy, precision, recall, MRR, NDCG and
 * MAP over the queries that have a relevant document; queries without one are left out.
 *
 * Documents of equal score rank in order of their ids, and a document whose score is NaN is not
 * ranked at all, so that a diverged model scores 0. Scores are computed in tiles, by the model where
 * it can, and only the best documents of each query are kept.
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
  readonly #queryOptions: EmbedOptions;
  readonly #corpusOptions: EmbedOptions;
  readonly #scoreFunctions: ScoreFunctions;
  #main: Similarity | undefined;

  /**
   * Takes the task; embeds nothing yet.
   *
   * @param options queries, corpus, which belongs to which, and how to measure
   * @throws {InputError} where no query has a relevant document, or the corpus is empty
   * @throws {RangeError} where a cutoff, the chunk size or the width is not an integer of at least 1
   */
  constructor(options: InformationRetrievalOptions) {
    const { name = "", corpusChunkSize = 50_000 } = options;
    this.name = name;
    this.csvFile = csvFileName("Information-Retrieval_evaluation", name);
    this.#task = retrievalTask(options);
    this.#cutoffs = rankingCutoffs(options);
    this.#chunkSize = checkCount("corpusChunkSize", corpusChunkSize);
    const truncateDim = checkTruncateDim(options.truncateDim);
    this.#queryOptions = {
      task: "query",
      prompt: options.queryPrompt,
      promptName: options.queryPromptName,
      truncateDim,
    };
    this.#corpusOptions = {
      task: "document",
      prompt: options.corpusPrompt,
      promptName: options.corpusPromptName,
      truncateDim,
    };
    this.#scoreFunctions = new ScoreFunctions(options);
    this.#main = this.#scoreFunctions.main;
  }

  get primaryMetric(): string {
    return metricKey(this.name, this.#ndcgKey(this.#main ?? this.#sortedNames[0]));
  }

  get csvHeader(): readonly string[] {
    const columns = rankingCsvColumns(this.#cutoffs);
    return this.#sortedNames.flatMap((fn) => columns.map(([_key, column]) => `${fn}-${column}`));
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const scoreFunctions = this.#scoreFunctions.resolve(embedder);
    const rankings = await this.#rank(embedder, scoreFunctions);
    const results = rankings.map((ranked) =>
      rankingMetrics(ranked, this.#task.relevant, this.#cutoffs)
    );

    const metrics: Record<string, number> = {};
    scoreFunctions.forEach((fn, i) => {
      for (const [key, value] of Object.entries(results[i])) {
        metrics[metricKey(this.name, `${fn}_${key}`)] = value;
      }
    });
    this.#main ??= this.#best(metrics);
    const csvRow = this.#sortedNames.flatMap((fn) =>
      rankingCsvColumns(this.#cutoffs).map(([key]) => metrics[metricKey(this.name, `${fn}_${key}`)])
    );
    return { metrics, csvRow };
  }

  /** In the order of the columns of the CSV file. */
  get #sortedNames(): readonly Similarity[] {
    return this.#scoreFunctions.names.toSorted();
  }

  #ndcgKey(fn: Similarity): string {
    return `${fn}_ndcg@${Math.max(...this.#cutoffs.ndcgAtK)}`;
  }

  #best(metrics: Record<string, number>): Similarity {
    const score = (fn: Similarity): number => metrics[metricKey(this.name, this.#ndcgKey(fn))];
    return this.#sortedNames.reduce((best, fn) => score(fn) > score(best) ? fn : best);
  }

  /** The ids of the best documents, by score function and query. */
  async #rank(embedder: Embedder, scoreFunctions: readonly Similarity[]): Promise<string[][][]> {
    const { queryTexts, corpusIds, corpusTexts } = this.#task;
    const queries = await embed(embedder, queryTexts, this.#queryOptions);
    const k = Math.min(deepestCutoff(this.#cutoffs), corpusIds.length);
    const selections = scoreFunctions.map(() => queryTexts.map(() => new TopK(k)));
    for (let start = 0; start < corpusTexts.length; start += this.#chunkSize) {
      const texts = corpusTexts.slice(start, start + this.#chunkSize);
      const corpus = await embed(embedder, texts, this.#corpusOptions);
      for (const [i, similarity] of scoreFunctions.entries()) {
        const hits = await search(embedder, queries, { corpus, k, similarity });
        hits.indices.forEach((index, at) => {
          const selection = selections[i][Math.floor(at / hits.k)];
          if (index >= 0) selection.offer(hits.scores[at], start + index);
        });
      }
    }
    return selections.map((perQuery) =>
      perQuery.map((selection) => selection.indices().map((index) => corpusIds[index]))
    );
  }
}
