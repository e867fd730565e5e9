/**
 * Several evaluators as one.
 *
 * @module
 */

import { InputError } from "../errors.ts";
import { csvFileName, csvRecords } from "./csv_log.ts";
import type { Embedder } from "./embedder.ts";
import { type CsvRecord, type EvaluationResult, type Evaluator, metricKey } from "./evaluator.ts";

/** What a {@linkcode SequentialEvaluator} is made of. */
export interface SequentialOptions {
  /** The evaluators, in order. */
  readonly evaluators: readonly Evaluator[];
  /** Goes into the name of its own file; empty where not given. */
  readonly name?: string;
  /** Makes one score of the evaluators' primary metrics; the last of them where not given. */
  readonly mainScoreFunction?: (scores: readonly number[]) => number;
}

const SCORE = "sequential_score";

/**
 * Runs evaluators one after the other and gives all their metrics, and one score of them.
 *
 * Keys: those of the evaluators, then `sequential_score`, which is primary. A key that two evaluators
 * share has the value of the later one. Each evaluator has its own file; the score is in one more.
 *
 * Source: sentence-transformers, `SequentialEvaluator`.
 */
export class SequentialEvaluator implements Evaluator {
  readonly name: string;
  readonly csvFile: string;
  readonly csvHeader: readonly string[] = [SCORE];
  readonly primaryMetric: string;
  readonly #evaluators: readonly Evaluator[];
  readonly #mainScore: (scores: readonly number[]) => number;

  /**
   * Takes the evaluators.
   *
   * @param options evaluators and what makes one score of theirs
   * @throws {InputError} where there are none
   */
  constructor({ evaluators, name = "", mainScoreFunction = last }: SequentialOptions) {
    if (evaluators.length === 0) {
      throw new InputError("Cannot evaluate in sequence: found no evaluators, wanted at least one");
    }
    this.name = name;
    this.csvFile = csvFileName("sequential_evaluation", name);
    this.primaryMetric = metricKey(name, SCORE);
    this.#evaluators = evaluators;
    this.#mainScore = mainScoreFunction;
  }

  /** Whether a larger score is a better one: as for the last evaluator. */
  get greaterIsBetter(): boolean {
    return this.#evaluators.at(-1)!.greaterIsBetter;
  }

  async evaluate(embedder: Embedder): Promise<EvaluationResult> {
    const metrics: Record<string, number> = {};
    const scores: number[] = [];
    const further: CsvRecord[] = [];
    for (const evaluator of this.#evaluators) {
      const result = await evaluator.evaluate(embedder);
      Object.assign(metrics, result.metrics);
      scores.push(result.metrics[evaluator.primaryMetric]);
      further.push(...csvRecords(evaluator, result));
    }
    const score = this.#mainScore(scores);
    metrics[this.primaryMetric] = score;
    return { metrics, csvRow: [score], further };
  }
}

function last(scores: readonly number[]): number {
  return scores[scores.length - 1];
}
