/**
 * The evaluators that a command line names.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { createEvaluator, type EvaluatorData } from "../evaluators/names.ts";
import { parseSpec } from "../spec.ts";

/**
 * Creates each evaluator over each dataset.
 *
 * @param specs `NAME` or `NAME:{...}` each.
 * @param datasets The evaluation datasets.
 * @returns Evaluators; over several datasets each has its dataset's name at the end of its own.
 * @throws {UsageError} For an unknown name or option, where there is no dataset, or where two
 *   evaluators would give metrics of one name.
 * @throws {InputError} Where a dataset lacks columns or labels.
 */
export function createEvaluators(
  specs: readonly string[],
  datasets: readonly Dataset[],
): Evaluator[] {
  const parsed = specs.map((text) => parseSpec("evaluator", text));
  if (parsed.length > 0 && datasets.length === 0) {
    throw new UsageError(
      `Cannot evaluate with ${parsed[0].name}: there are no rows; give --eval-dataset FILE`,
    );
  }
  const evaluators = new Map<string, Evaluator>();
  for (const { name, options } of parsed) {
    for (const dataset of datasets) {
      const evaluator = createEvaluator(
        name,
        dataOf(dataset),
        datasets.length > 1 ? { ...options, name: nameOver(dataset, options.name) } : options,
      );
      if (evaluators.has(evaluator.csvFile)) {
        throw new UsageError(
          `Cannot evaluate with ${name}: it is there twice under the name "${evaluator.name}"; ` +
            `give each a name, as ${name}:{"name": "second"}`,
        );
      }
      evaluators.set(evaluator.csvFile, evaluator);
    }
  }
  return [...evaluators.values()];
}

function nameOver(dataset: Dataset, name: unknown): string {
  return name === undefined ? dataset.name : `${name}_${dataset.name}`;
}

function dataOf(dataset: Dataset): EvaluatorData {
  const { columns, labels } = dataset;
  const isScore = (label: unknown): label is number => typeof label === "number";
  return {
    columns: new Map(columns.map((column) => [column, [...dataset.text(column)]])),
    // A list of scores a row is for losses; no evaluator has a use for it.
    labels: labels?.every(isScore) ? labels : null,
  };
}
