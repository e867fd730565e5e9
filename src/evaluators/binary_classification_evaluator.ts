/**
 * Measures how well a threshold of similarity tells like pairs from unlike ones.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { type BinaryMetrics, binaryMetrics } from "./binary_metrics.ts";
import { csvFileName } from "./csv_log.ts";
import { checkTruncateDim, embedDistinct } from "./embed.ts";
import type { Embedder } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { type ScoreFunctionOptions, ScoreFunctions } from "./score_functions.ts";
import { pairwiseSimilarity } from "./similarity.ts";

/** What a {@linkcode BinaryClassificationEvaluator} measures with. */
export interface BinaryClassificationOptions extends EvaluatorOptions, ScoreFunctionOptions {
  /** The first text of each pair. */
  readonly texts1: readonly string[];
  /** The second text of each pair. */
  readonly texts2: readonly string[];
  /** 1 for each pair of like texts, 0 for unlike ones. */
  readonly labels: readonly number[];
}

const METRICS = [
  "accuracy",
  "accuracy_threshold",
  "f1",
  "f1_threshold",
  "precision",
  "recall",
  "ap",
  "mcc",
] as const satisfies readonly (keyof BinaryMetrics)[];

const CSV_METRICS = [
  "accuracy",
  "accuracy_threshold",
  "f1",
  "precision",
  "recall",
  "f1_threshold",
  "ap",
  "mcc",
] as const satisfies readonly (keyof BinaryMetrics)[];

/**
 * Accuracy, F1 and Matthews' correlation at the best thresholds of similarity, and average precision.
 *
 * Keys, for each similarity: `{similarity}_accuracy`, `_accuracy_threshold`, `_f1`, `_f1_threshold`,
 * `_precision`, `_recall`, `_ap`, `_mcc`; for more than one similarity also the largest of each as
 * `max_*`; primary: `{similarity}_ap`, or `max_ap`. Distances are negated, so that larger always means
 * more alike, thresholds included (upstream ranks its negated distances the other way round, which turns
 * these metrics over).
 *
 * Source: sentence-transformers, `BinaryClassificationEvaluator`.
 */
export class BinaryClassificationEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly #texts: readonly [readonly string[], readonly string[]];
  readonly #labels: readonly number[];
  readonly #truncateDim: number | undefined;
  readonly #scoreFunctions: ScoreFunctions;

  /**
   * Takes the pairs; embeds nothing yet.
   *
   * @param options text pairs, their labels, and how to measure
   * @throws {InputError} where there are no pairs, not equally many texts and labels, or a label is
   * neither 0 nor 1
   * @throws {RangeError} where the width is not an integer of at least 1
   */
  constructor(options: BinaryClassificationOptions) {
    const { texts1, texts2, labels, name = "" } = options;
    if (texts1.length === 0 || texts1.length !== texts2.length || texts1.length !== labels.length) {
      throw new InputError(
        `Cannot evaluate pairs: found ${texts1.length} first texts, ${texts2.length} second texts ` +
          `and ${labels.length} labels, wanted equally many and at least one`,
      );
    }
    const wrong = labels.findIndex((label) => label !== 0 && label !== 1);
    if (wrong >= 0) {
      throw new InputError(
        `Cannot evaluate pairs: label ${wrong + 1} is ${labels[wrong]}, wanted 0 or 1`,
      );
    }
    this.name = name;
    this.csvFile = csvFileName("binary_classification_evaluation", name);
    this.#texts = [texts1, texts2];
    this.#labels = labels;
    this.#truncateDim = checkTruncateDim(options.truncateDim);
    this.#scoreFunctions = new ScoreFunctions(options);
  }

  get primaryMetric(): string {
    const { main, names } = this.#scoreFunctions;
    return metricKey(this.name, `${main ?? (names.length > 1 ? "max" : names[0])}_ap`);
  }

  get csvHeader(): readonly string[] {
    return this.#scoreFunctions.names.flatMap((fn) => CSV_METRICS.map((key) => `${fn}_${key}`));
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const scoreFunctions = this.#scoreFunctions.resolve(embedder);
    const options = { truncateDim: this.#truncateDim };
    const [embeddings1, embeddings2] = await embedDistinct(embedder, this.#texts, options);
    const found = scoreFunctions.map((fn) =>
      binaryMetrics(pairwiseSimilarity(fn, embeddings1, embeddings2), this.#labels)
    );
    const metrics: Record<string, number> = {};
    found.forEach((values, i) => {
      for (const key of METRICS) {
        metrics[metricKey(this.name, `${scoreFunctions[i]}_${key}`)] = values[key];
      }
    });
    for (const key of found.length > 1 ? METRICS : []) {
      metrics[metricKey(this.name, `max_${key}`)] = Math.max(...found.map((each) => each[key]));
    }
    return { metrics, csvRow: found.flatMap((values) => CSV_METRICS.map((key) => values[key])) };
  }
}
