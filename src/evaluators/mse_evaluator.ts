/**
 * Measures how close a model's embeddings come to a teacher's.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { checkTruncateDim, embed } from "./embed.ts";
import type { Embedder, Embeddings } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { meanSquaredError, teach, type Teacher } from "./teacher.ts";

/** What an {@linkcode MSEEvaluator} measures with. */
export interface MSEOptions extends EvaluatorOptions {
  /** The texts that the teacher embeds. */
  readonly sourceTexts: readonly string[];
  /** The text for each of them that the model embeds, such as its translation, or the same. */
  readonly targetTexts: readonly string[];
  /** The teacher, which is asked once, or its embeddings of the source texts. */
  readonly teacher: Teacher;
}

/**
 * The mean squared difference between the model's embeddings and a teacher's, times -100.
 *
 * Key: `negative_mse`, which is also primary; the CSV file has it with its sign turned, as `MSE`. The
 * teacher embeds at the first evaluation (upstream: when the evaluator is made).
 *
 * Source: sentence-transformers, `MSEEvaluator`; Reimers and Gurevych, "Making Monolingual Sentence
 * Embeddings Multilingual using Knowledge Distillation", 2020.
 */
export class MSEEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly csvHeader: readonly string[] = ["MSE"];
  readonly primaryMetric: string;
  readonly #options: MSEOptions;
  #wanted: Embeddings | undefined;

  /**
   * Takes texts and teacher; embeds nothing yet.
   *
   * @param options texts and teacher
   * @throws {InputError} where there are no texts, or not equally many of each kind
   * @throws {RangeError} where the width is not an integer of at least 1
   */
  constructor(options: MSEOptions) {
    const { sourceTexts, targetTexts, name = "" } = options;
    if (sourceTexts.length === 0 || sourceTexts.length !== targetTexts.length) {
      throw new InputError(
        `Cannot evaluate against a teacher: found ${sourceTexts.length} source and ` +
          `${targetTexts.length} target texts, wanted equally many and at least one`,
      );
    }
    checkTruncateDim(options.truncateDim);
    this.name = name;
    // Upstream puts the underscore whether there is a name or not.
    this.csvFile = `mse_evaluation_${name.replace(/[/\\:]/g, "_")}_results.csv`;
    this.primaryMetric = metricKey(name, "negative_mse");
    this.#options = options;
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const { sourceTexts, targetTexts, teacher, truncateDim } = this.#options;
    this.#wanted ??= await teach(teacher, sourceTexts, truncateDim);
    const found = await embed(embedder, targetTexts, { truncateDim });
    const mse = meanSquaredError(this.#wanted, found);
    return { metrics: { [this.primaryMetric]: -mse }, csvRow: [mse] };
  }
}
