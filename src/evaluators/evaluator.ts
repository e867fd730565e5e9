/**
 * The contract of an evaluator: an embedder in, named metrics and one row of a CSV log out.
 *
 * @module
 */

import type { Embedder } from "./embedder.ts";

/** A row for a CSV file. */
export interface CsvRecord {
  /** Name of the file, without a directory. */
  readonly csvFile: string;
  /** Its columns after `epoch` and `steps`. */
  readonly csvHeader: readonly string[];
  /** The values of these columns. */
  readonly csvRow: readonly number[];
}

/** What one evaluation found. */
export interface EvaluationResult {
  /** Metrics by full key, the evaluator's name in front; the order is that of the keys upstream. */
  readonly metrics: Record<string, number>;
  /** The values of the columns named by `csvHeader`, in that order. */
  readonly csvRow: number[];
  /** Rows for the files of the evaluators that this one is made of; none for most. */
  readonly further?: readonly CsvRecord[];
}

/** What every evaluator may be told. */
export interface EvaluatorOptions {
  /** Goes in front of the metric keys and into the file name; empty where not given. */
  readonly name?: string;
  /** How many dimensions of the embeddings are compared; the model's own width where not given. */
  readonly truncateDim?: number;
}

/**
 * Measures an embedder on data that it holds.
 *
 * An evaluator that was not told which similarity to use takes that of the first embedder it
 * evaluates and stays with it; until then `primaryMetric` and `csvHeader` are those of cosine.
 */
export interface Evaluator {
  /** Distinguishes evaluators of one kind, in metric keys and in file names; may be empty. */
  readonly name: string;
  /** Key in `metrics` of the one number to select models by, the evaluator's name in front. */
  readonly primaryMetric: string;
  /** Whether a larger primary metric is a better one. */
  readonly greaterIsBetter: boolean;
  /** Name of the CSV file that collects the rows, without a directory. */
  readonly csvFile: string;
  /** Columns of that file after `epoch` and `steps`; ask after `evaluate`. */
  readonly csvHeader: readonly string[];
  /**
   * Embeds the evaluator's texts and measures the result.
   *
   * @param embedder the model to measure
   */
  evaluate(embedder: Embedder): Promise<EvaluationResult>;
}

/**
 * The full key of a metric: `name_key`, or `key` alone where the evaluator has no name.
 *
 * @param name the evaluator's name
 * @param key the metric, such as `cosine_ndcg@10`
 */
export function metricKey(name: string, key: string): string {
  return name === "" ? key : `${name}_${key}`;
}
