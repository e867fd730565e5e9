/**
 * Measures how close a model's embeddings of translations come to a teacher's of the originals.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { csvFileName } from "./csv_log.ts";
import { checkTruncateDim, embed, embedDistinct } from "./embed.ts";
import type { Embedder, Embeddings } from "./embedder.ts";
import {
  type EvaluationResult,
  type Evaluator,
  type EvaluatorOptions,
  metricKey,
} from "./evaluator.ts";
import { meanSquaredError } from "./teacher.ts";

/** What an {@linkcode MSEEvaluatorFromDataFrame} measures with. */
export interface MSEFromDataFrameOptions extends EvaluatorOptions {
  /** Parallel texts: in each row the same in several languages, by language. */
  readonly rows: readonly Readonly<Record<string, string>>[];
  /** The teacher, which is asked once. */
  readonly teacher: Embedder;
  /** The language that the teacher embeds, and the language that the model embeds. */
  readonly combinations: readonly (readonly [source: string, target: string])[];
}

/** The texts of a combination. */
interface Combination {
  readonly sources: readonly string[];
  readonly targets: readonly string[];
}

/**
 * The mean squared difference between the model's embeddings and a teacher's, times -100, averaged over
 * pairs of languages. Rows without a text in one of the two are left out of the pair.
 *
 * Key: `negative_mse`, which is also primary; the CSV file has a column for each pair, such as `en-de`,
 * with the sign turned. The teacher embeds at the first evaluation (upstream: when the evaluator is
 * made).
 *
 * Source: sentence-transformers, `MSEEvaluatorFromDataFrame`.
 */
export class MSEEvaluatorFromDataFrame implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly csvHeader: readonly string[];
  readonly primaryMetric: string;
  readonly #combinations: readonly Combination[];
  readonly #teacher: Embedder;
  readonly #truncateDim: number | undefined;
  #wanted: readonly Embeddings[] | undefined;

  /**
   * Takes texts and teacher; embeds nothing yet.
   *
   * @param options texts, teacher and pairs of languages
   * @throws {InputError} where there is no pair of languages, or a pair has no texts
   * @throws {RangeError} where the width is not an integer of at least 1
   */
  constructor(options: MSEFromDataFrameOptions) {
    const { rows, teacher, combinations, name = "" } = options;
    if (combinations.length === 0) {
      throw new InputError("Cannot evaluate against a teacher: found no pair of languages");
    }
    this.name = name;
    this.csvFile = csvFileName("mse_evaluation", name);
    this.csvHeader = combinations.map(([source, target]) => `${source}-${target}`);
    this.primaryMetric = metricKey(name, "negative_mse");
    this.#teacher = teacher;
    this.#truncateDim = checkTruncateDim(options.truncateDim);
    this.#combinations = combinations.map(([source, target]) => {
      const both = rows.filter((row) => hasText(row, source) && hasText(row, target));
      if (both.length === 0) {
        throw new InputError(
          `Cannot evaluate against a teacher: none of ${rows.length} rows has texts in both ` +
            `"${source}" and "${target}"`,
        );
      }
      return { sources: both.map((row) => row[source]), targets: both.map((row) => row[target]) };
    });
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const options = { truncateDim: this.#truncateDim };
    const sources = this.#combinations.map((each) => each.sources);
    this.#wanted ??= await embedDistinct(this.#teacher, sources, options);
    const csvRow: number[] = [];
    for (const [i, { targets }] of this.#combinations.entries()) {
      csvRow.push(meanSquaredError(this.#wanted[i], await embed(embedder, targets, options)));
    }
    const mean = csvRow.reduce((sum, mse) => sum + mse, 0) / csvRow.length;
    return { metrics: { [this.primaryMetric]: -mean }, csvRow };
  }
}

function hasText(row: Readonly<Record<string, string>>, language: string): boolean {
  return (row[language] ?? "").trim() !== "";
}
