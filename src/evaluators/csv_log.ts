/**
 * The CSV files in which evaluations are collected, as text: one header, then one row an
 * evaluation, each beginning with epoch and steps. Writing them is the trainer's part.
 *
 * @module
 */

import type { CsvRecord, EvaluationResult, Evaluator } from "./evaluator.ts";

/**
 * The name of an evaluator's CSV file, `stem[_name]_results.csv`, with the characters that would
 * lead into another directory replaced by `_`.
 *
 * @param stem what the kind of evaluator calls its files, such as `similarity_evaluation`
 * @param name the evaluator's name; may be empty
 * @param ending what follows the name; `results` where not given
 */
export function csvFileName(stem: string, name: string, ending = "results"): string {
  const middle = name === "" ? "" : `_${name.replace(/[/\\:]/g, "_")}`;
  return `${stem}${middle}_${ending}.csv`;
}

/**
 * The rows that an evaluation adds to files: the evaluator's own, and those of evaluators in it.
 *
 * @param evaluator who measured
 * @param result what it found
 */
export function csvRecords(evaluator: Evaluator, result: EvaluationResult): readonly CsvRecord[] {
  const { csvFile, csvHeader } = evaluator;
  return [...result.further ?? [], { csvFile, csvHeader, csvRow: result.csvRow }];
}

/**
 * The first line of a log, line break included: `epoch,steps`, then the evaluator's own columns.
 *
 * @param header the columns after `epoch` and `steps`
 */
export function csvHeaderLine(header: readonly string[]): string {
  return csvLine(["epoch", "steps", ...header]);
}

/**
 * One row of a log, line break included.
 *
 * @param epoch epochs done, fractions included; -1 outside training
 * @param steps optimizer steps done; -1 outside training
 * @param row the values of the columns after `epoch` and `steps`
 */
export function csvRowLine(epoch: number, steps: number, row: readonly number[]): string {
  return csvLine([epoch, steps, ...row]);
}

function csvLine(values: readonly (string | number)[]): string {
  return values.map(String).join(",") + "\n";
}
