/**
 * Measures how often a classifier over pairs of embeddings is right.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { csvFileName } from "./csv_log.ts";
import { checkTruncateDim, embed } from "./embed.ts";
import type { Embedder, Embeddings } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";

/** Tells the class of pairs of texts by their embeddings, as the classifier of SoftmaxLoss does. */
export interface LabelClassifier {
  /**
   * Classifies pairs.
   *
   * @param a embeddings of the first texts, `[N, C]`
   * @param b embeddings of the second texts, `[N, C]`
   * @returns the most probable class of each pair, from 0 on
   */
  classify(a: Embeddings, b: Embeddings): readonly number[] | Promise<readonly number[]>;
}

/** What a {@linkcode LabelAccuracyEvaluator} measures with. */
export interface LabelAccuracyOptions extends EvaluatorOptions {
  /** The first text of each pair. */
  readonly texts1: readonly string[];
  /** The second text of each pair. */
  readonly texts2: readonly string[];
  /** The class of each pair. */
  readonly labels: readonly number[];
  /** What classifies. */
  readonly classifier: LabelClassifier;
}

/**
 * The share of pairs that a classifier gives their class.
 *
 * Key: `accuracy`, which is also primary.
 *
 * Source: sentence-transformers, `LabelAccuracyEvaluator`.
 */
export class LabelAccuracyEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly csvHeader: readonly string[] = ["accuracy"];
  readonly primaryMetric: string;
  readonly #options: LabelAccuracyOptions;

  /**
   * Takes the pairs; embeds nothing yet.
   *
   * @param options text pairs, their classes and the classifier
   * @throws {InputError} where there are no pairs, or not equally many texts and labels
   * @throws {RangeError} where the width is not an integer of at least 1
   */
  constructor(options: LabelAccuracyOptions) {
    const { texts1, texts2, labels, name = "" } = options;
    if (texts1.length === 0 || texts1.length !== texts2.length || texts1.length !== labels.length) {
      throw new InputError(
        `Cannot evaluate labels: found ${texts1.length} first texts, ${texts2.length} second texts ` +
          `and ${labels.length} labels, wanted equally many and at least one`,
      );
    }
    checkTruncateDim(options.truncateDim);
    this.name = name;
    this.csvFile = csvFileName("accuracy_evaluation", name);
    this.primaryMetric = metricKey(name, "accuracy");
    this.#options = options;
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const { texts1, texts2, labels, classifier, truncateDim } = this.#options;
    const embeddings1 = await embed(embedder, texts1, { truncateDim });
    const embeddings2 = await embed(embedder, texts2, { truncateDim });
    const classes = await classifier.classify(embeddings1, embeddings2);
    if (classes.length !== labels.length) {
      throw new TypeError(
        `Cannot evaluate labels: the classifier gave ${classes.length} classes for ` +
          `${labels.length} pairs`,
      );
    }
    const accuracy = labels.filter((label, i) => label === classes[i]).length / labels.length;
    return { metrics: { [this.primaryMetric]: accuracy }, csvRow: [accuracy] };
  }
}
