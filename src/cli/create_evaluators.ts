/**
 * The evaluators that a command line names.
 *
 * @module
 */
import type { Dataset, Label } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { LabelClassifier } from "../evaluators/label_accuracy_evaluator.ts";
import { createEvaluator, type EvaluatorData, readsRows } from "../evaluators/names.ts";
import { openRetrievalFolder } from "../io/retrieval_folder.ts";
import { parseSpec } from "../spec.ts";

/**
 * Creates each evaluator over each dataset; one that reads a folder of its own once.
 *
 * @param specs `NAME` or `NAME:{...}` each.
 * @param datasets The evaluation datasets.
 * @param options What classifies pairs, for the evaluator of labels. Default: nothing.
 * @returns Evaluators; over several datasets each has its dataset's name at the end of its own.
 * @throws {UsageError} For an unknown name or option, where there is no dataset, or where two
 *   evaluators would give metrics of one name.
 * @throws {InputError} Where a dataset lacks columns or labels.
 */
export function createEvaluators(
  specs: readonly string[],
  datasets: readonly Dataset[],
  { classifier }: { classifier?: LabelClassifier } = {},
): Evaluator[] {
  const parsed = specs.map((text) => parseSpec("evaluator", text));
  const evaluators = new Map<string, Evaluator>();
  for (const { name, options } of parsed) {
    const overRows = readsRows(name);
    if (overRows && datasets.length === 0) {
      throw new UsageError(
        `Cannot evaluate with ${name}: there are no rows; give --eval-dataset FILE`,
      );
    }
    for (const dataset of overRows ? datasets : [null]) {
      const evaluator = createEvaluator(
        name,
        dataset === null ? NO_ROWS : { ...dataOf(dataset), classifier },
        dataset !== null && datasets.length > 1
          ? { ...options, name: nameOver(dataset, options.name) }
          : options,
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

const NO_ROWS: EvaluatorData = {
  columns: new Map(),
  labels: null,
  openFolder: openRetrievalFolder,
};

function dataOf(dataset: Dataset): EvaluatorData {
  const { columns, labels } = dataset;
  const isScore = (label: Label): label is number => typeof label === "number";
  const isVector = (label: Label): label is readonly number[] => !isScore(label);
  return {
    ...NO_ROWS,
    columns: new Map(columns.map((column) => [column, [...dataset.text(column)]])),
    labels: labels?.every(isScore) ? labels : null,
    vectors: labels?.every(isVector) ? labels : null,
  };
}
