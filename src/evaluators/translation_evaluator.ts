/**
 * Measures how often a text's translation is its nearest one.
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
import { search } from "./search.ts";

/** What a {@linkcode TranslationEvaluator} measures with. */
export interface TranslationOptions extends EvaluatorOptions {
  /** Texts in one language. */
  readonly sourceTexts: readonly string[];
  /** Each text in another language. */
  readonly targetTexts: readonly string[];
}

/**
 * The share of texts whose translation has the highest cosine of all translations, in both directions;
 * of equal cosines the first wins.
 *
 * Keys: `src2trg_accuracy`, `trg2src_accuracy`, `mean_accuracy`; primary: `mean_accuracy`.
 *
 * Source: sentence-transformers, `TranslationEvaluator`.
 */
export class TranslationEvaluator implements Evaluator {
  readonly name: string;
  readonly greaterIsBetter = true;
  readonly csvFile: string;
  readonly csvHeader: readonly string[] = ["src2trg", "trg2src"];
  readonly primaryMetric: string;
  readonly #sources: readonly string[];
  readonly #targets: readonly string[];
  readonly #truncateDim: number | undefined;

  /**
   * Takes the texts; embeds nothing yet.
   *
   * @param options texts and their translations
   * @throws {InputError} where there are no texts, or not equally many in each language
   * @throws {RangeError} where the width is not an integer of at least 1
   */
  constructor(options: TranslationOptions) {
    const { sourceTexts, targetTexts, name = "" } = options;
    if (sourceTexts.length === 0 || sourceTexts.length !== targetTexts.length) {
      throw new InputError(
        `Cannot evaluate translations: found ${sourceTexts.length} source and ` +
          `${targetTexts.length} target texts, wanted equally many and at least one`,
      );
    }
    this.name = name;
    this.csvFile = csvFileName("translation_evaluation", name);
    this.primaryMetric = metricKey(name, "mean_accuracy");
    this.#sources = sourceTexts;
    this.#targets = targetTexts;
    this.#truncateDim = checkTruncateDim(options.truncateDim);
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const options = { truncateDim: this.#truncateDim };
    const sources = await embed(embedder, this.#sources, options);
    const targets = await embed(embedder, this.#targets, options);
    const csvRow = [
      await matches(embedder, sources, targets),
      await matches(embedder, targets, sources),
    ];
    const [forward, back] = csvRow;
    return {
      metrics: {
        [metricKey(this.name, "src2trg_accuracy")]: forward,
        [metricKey(this.name, "trg2src_accuracy")]: back,
        [metricKey(this.name, "mean_accuracy")]: (forward + back) / 2,
      },
      csvRow,
    };
  }
}

/** The share of rows whose nearest row is that of their own number. */
async function matches(
  embedder: Embedder,
  queries: Embeddings,
  corpus: Embeddings,
): Promise<number> {
  const { indices } = await search(embedder, queries, { corpus, k: 1, similarity: "cosine" });
  return indices.filter((nearest, row) => nearest === row).length / indices.length;
}
