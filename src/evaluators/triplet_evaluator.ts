/**
 * Measures how often an anchor is closer to its positive than to its negative.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { csvFileName } from "./csv_log.ts";
import { checkTruncateDim, embed } from "./embed.ts";
import type { Embedder } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { type ScoreFunctionOptions, ScoreFunctions } from "./score_functions.ts";
import { pairwiseSimilarity, type Similarity } from "./similarity.ts";

/** What a {@linkcode TripletEvaluator} measures with. */
export interface TripletOptions extends EvaluatorOptions, ScoreFunctionOptions {
  /** The anchors. */
  readonly anchors: readonly string[];
  /** A text like each anchor. */
  readonly positives: readonly string[];
  /** A text unlike each anchor. */
  readonly negatives: readonly string[];
  /** By how much the positive must win: for all similarities, or by similarity; 0 if not given. */
  readonly margin?: number | Readonly<Partial<Record<Similarity, number>>>;
}

/**
 * The share of triplets (a, p, n) with s(a, p) > s(a, n) + margin; an equal score or a NaN loses.
 *
 * Keys: `{similarity}_accuracy`, and `max_accuracy` for more than one similarity; primary:
 * `{similarity}_accuracy`, or `max_accuracy`.
 *
 * Source: sentence-transformers, `TripletEvaluator`.
 */
export class TripletEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly #anchors: readonly string[];
  readonly #positives: readonly string[];
  readonly #negatives: readonly string[];
  readonly #margin: NonNullable<TripletOptions["margin"]>;
  readonly #truncateDim: number | undefined;
  readonly #scoreFunctions: ScoreFunctions;

  /**
   * Takes the triplets; embeds nothing yet.
   *
   * @param options the triplets and how to measure
   * @throws {InputError} where there are no triplets, or not equally many texts of each kind
   * @throws {RangeError} where the width is not an integer of at least 1
   */
  constructor(options: TripletOptions) {
    const { anchors, positives, negatives, name = "", margin = 0 } = options;
    if (
      anchors.length === 0 || anchors.length !== positives.length ||
      anchors.length !== negatives.length
    ) {
      throw new InputError(
        `Cannot evaluate triplets: found ${anchors.length} anchors, ${positives.length} positives ` +
          `and ${negatives.length} negatives, wanted equally many and at least one`,
      );
    }
    this.name = name;
    this.csvFile = csvFileName("triplet_evaluation", name);
    this.#anchors = anchors;
    this.#positives = positives;
    this.#negatives = negatives;
    this.#margin = margin;
    this.#truncateDim = checkTruncateDim(options.truncateDim);
    this.#scoreFunctions = new ScoreFunctions(options);
  }

  get primaryMetric(): string {
    const { main, names } = this.#scoreFunctions;
    return metricKey(this.name, `${main ?? (names.length > 1 ? "max" : names[0])}_accuracy`);
  }

  get csvHeader(): readonly string[] {
    return this.#scoreFunctions.names.map((fn) => `accuracy_${fn}`);
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const scoreFunctions = this.#scoreFunctions.resolve(embedder);
    const options = { truncateDim: this.#truncateDim };
    const anchors = await embed(embedder, this.#anchors, options);
    const positives = await embed(embedder, this.#positives, options);
    const negatives = await embed(embedder, this.#negatives, options);
    const metrics: Record<string, number> = {};
    const csvRow: number[] = [];
    for (const fn of scoreFunctions) {
      const margin = typeof this.#margin === "number" ? this.#margin : this.#margin[fn] ?? 0;
      const toPositive = pairwiseSimilarity(fn, anchors, positives);
      const toNegative = pairwiseSimilarity(fn, anchors, negatives);
      let won = 0;
      for (let i = 0; i < anchors.rows; i++) if (toPositive[i] > toNegative[i] + margin) won++;
      metrics[metricKey(this.name, `${fn}_accuracy`)] = won / anchors.rows;
      csvRow.push(won / anchors.rows);
    }
    if (csvRow.length > 1) metrics[metricKey(this.name, "max_accuracy")] = Math.max(...csvRow);
    return { metrics, csvRow };
  }
}
