/**
 * The CSV files in which evaluations are collected, as text: one header, then one row an
 * evaluation, each beginning with epoch and steps. Writing them is the trainer's part.
 *
 * @module
 */

/**
 * The name of an evaluator's CSV file, `stem[_name]_results.csv`, with the characters that would
 * lead into another directory replaced by `_`.
 *
 * @param stem what the kind of evaluator calls its files, such as `similarity_evaluation`
 * @param name the evaluator's name; may be empty
 */
export function csvFileName(stem: string, name: string): string {
  const middle = name === "" ? "" : `_${name.replace(/[/\\:]/g, "_")}`;
  return `${stem}${middle}_results.csv`;
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
