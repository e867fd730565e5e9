/**
 * Measures how well the similarity of two texts follows a gold score.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { pearson, spearman } from "./correlation.ts";
import { csvFileName } from "./csv_log.ts";
import { checkTruncateDim, embed } from "./embed.ts";
import type { Embedder, Embeddings } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { EMBEDDING_PRECISIONS, type EmbeddingPrecision, quantize } from "./quantize.ts";
import { type ScoreFunctionOptions, ScoreFunctions } from "./score_functions.ts";
import { pairwiseSimilarity } from "./similarity.ts";

/** What an {@linkcode EmbeddingSimilarityEvaluator} measures with. */
export interface EmbeddingSimilarityOptions extends EvaluatorOptions, ScoreFunctionOptions {
  /** The first text of each pair. */
  readonly texts1: readonly string[];
  /** The second text of each pair. */
  readonly texts2: readonly string[];
  /** The gold score of each pair, on any scale; larger means more alike. */
  readonly scores: readonly number[];
  /**
   * How the embeddings are stored before they are compared, each side by its own ranges; they then have
   * unit length. Goes into the file name. As the model gives them where not given.
   */
  readonly precision?: EmbeddingPrecision;
}

/**
 * Correlates the similarities of text pairs with their gold scores.
 *
 * Keys: `pearson_{similarity}`, `spearman_{similarity}`, and `pearson_max`, `spearman_max` for more
 * than one similarity; primary: `spearman_{similarity}`, or `spearman_max`. A correlation is NaN
 * where it is not defined: fewer than two pairs, all similarities or all scores equal, or a NaN
 * among them; a NaN is never better than an earlier result and is left out of the maxima.
 *
 * Source: sentence-transformers, `EmbeddingSimilarityEvaluator`.
 */
export class EmbeddingSimilarityEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly #texts1: readonly string[];
  readonly #texts2: readonly string[];
  readonly #scores: readonly number[];
  readonly #precision: EmbeddingPrecision | undefined;
  readonly #truncateDim: number | undefined;
  readonly #scoreFunctions: ScoreFunctions;

  /**
   * Takes the pairs; embeds nothing yet.
   *
   * @param options text pairs, their scores, and how to measure
   * @throws {InputError} where there are no pairs, or not equally many texts and scores
   * @throws {RangeError} where the precision is unknown, or the width not an integer of at least 1
   */
  constructor(options: EmbeddingSimilarityOptions) {
    const { texts1, texts2, scores, name = "", precision } = options;
    if (texts1.length === 0 || texts1.length !== texts2.length || texts1.length !== scores.length) {
      throw new InputError(
        `Cannot evaluate similarity: found ${texts1.length} first texts, ${texts2.length} second ` +
          `texts and ${scores.length} scores, wanted equally many and at least one`,
      );
    }
    if (precision !== undefined && !EMBEDDING_PRECISIONS.includes(precision)) {
      throw new RangeError(
        `Cannot use precision ${precision}: wanted one of ${EMBEDDING_PRECISIONS.join(", ")}`,
      );
    }
    this.name = name;
    const ending = precision === undefined ? "results" : `${precision}_results`;
    this.csvFile = csvFileName("similarity_evaluation", name, ending);
    this.#precision = precision;
    this.#truncateDim = checkTruncateDim(options.truncateDim);
    this.#texts1 = texts1;
    this.#texts2 = texts2;
    this.#scores = scores;
    this.#scoreFunctions = new ScoreFunctions(options);
  }

  get primaryMetric(): string {
    const { main, names } = this.#scoreFunctions;
    return metricKey(this.name, `spearman_${main ?? (names.length > 1 ? "max" : names[0])}`);
  }

  get csvHeader(): readonly string[] {
    return this.#scoreFunctions.names.flatMap((fn) => [`${fn}_pearson`, `${fn}_spearman`]);
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const scoreFunctions = this.#scoreFunctions.resolve(embedder);
    const embeddings1 = await this.#embed(embedder, this.#texts1);
    const embeddings2 = await this.#embed(embedder, this.#texts2);
    const metrics: Record<string, number> = {};
    const csvRow: number[] = [];
    for (const fn of scoreFunctions) {
      const similarities = pairwiseSimilarity(fn, embeddings1, embeddings2);
      const linear = pearson(similarities, this.#scores);
      const ranked = spearman(similarities, this.#scores);
      metrics[metricKey(this.name, `pearson_${fn}`)] = linear;
      metrics[metricKey(this.name, `spearman_${fn}`)] = ranked;
      csvRow.push(linear, ranked);
    }
    if (scoreFunctions.length > 1) {
      const [linear, ranked] = [0, 1].map((kind) =>
        largest(csvRow.filter((_, i) => i % 2 === kind))
      );
      metrics[metricKey(this.name, "pearson_max")] = linear;
      metrics[metricKey(this.name, "spearman_max")] = ranked;
    }
    return { metrics, csvRow };
  }

  async #embed(embedder: Embedder, texts: readonly string[]): Promise<Embeddings> {
    const embeddings = await embed(embedder, texts, { truncateDim: this.#truncateDim });
    return this.#precision === undefined ? embeddings : quantize(embeddings, this.#precision);
  }
}

function largest(values: readonly number[]): number {
  const defined = values.filter((value) => !Number.isNaN(value));
  return defined.length === 0 ? NaN : Math.max(...defined);
}
