/**
 * What a run works with, checked: datasets by name, the objective of each, evaluators.
 *
 * @module
 */
import { ConcatDataset } from "../data/concat_dataset.ts";
import { Dataset } from "../data/dataset.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { Loss } from "../losses/loss.ts";
import { nearest } from "../nearest.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import { checkPrompts } from "./prompts.ts";
import type { Datasets, TrainerInputs } from "./trainer_inputs.ts";

/** What a run works with. */
export interface RunSetup {
  /** The inputs as they were given. */
  readonly inputs: TrainerInputs;
  /** How to train. */
  readonly args: SentenceTransformerTrainingArguments;
  /** Rows to train on. */
  readonly trainDatasets: ConcatDataset;
  /** Rows whose loss is measured. */
  readonly evalDatasets: readonly Dataset[];
  /** The objective of a dataset. */
  readonly lossFor: (dataset: Dataset) => Loss;
  /** Evaluators. */
  readonly evaluators: readonly Evaluator[];
}

/**
 * Checks that everything fits together.
 *
 * @param inputs Model, rows, objective and the rest.
 * @param args How to train.
 * @returns The setup.
 * @throws {UsageError} If a loss is missing or cannot use the columns, prompts name nothing, or
 *   evaluation is asked for without rows or evaluators.
 */
export function setUpRun(
  inputs: TrainerInputs,
  args: SentenceTransformerTrainingArguments,
): RunSetup {
  const { evaluators = [] } = inputs;
  const trainDatasets = new ConcatDataset(namedDatasets(inputs.trainDataset));
  const evalDatasets = namedDatasets(inputs.evalDataset ?? []);
  const lossFor = lossesOf(inputs, trainDatasets.datasets, evalDatasets);
  const all = [...trainDatasets.datasets, ...evalDatasets];
  for (const dataset of all) checkLoss(dataset, lossFor(dataset), args);
  checkPrompts(args.prompts, all);
  if (args.evaluationStrategy !== "no" && evalDatasets.length + evaluators.length === 0) {
    throw new UsageError(
      `Cannot train: You have set \`args.eval_strategy\` to ${args.evaluationStrategy}, but you didn't provide an \`eval_dataset\` or an \`evaluator\`; give one, or set evaluation_strategy to "no"`,
    );
  }
  return { inputs, args, trainDatasets, evalDatasets, lossFor, evaluators };
}

/** Datasets in the order given; those of an object are called by its keys. */
export function namedDatasets(datasets: Datasets): Dataset[] {
  if (datasets instanceof Dataset) return [datasets];
  if (isList(datasets)) return [...datasets];
  return Object.entries(datasets).map(([name, dataset]) => dataset.renamed(name));
}

function isList(
  datasets: readonly Dataset[] | Readonly<Record<string, Dataset>>,
): datasets is readonly Dataset[] {
  return Array.isArray(datasets);
}

function lossesOf(
  { loss, trainDataset }: TrainerInputs,
  training: readonly Dataset[],
  evaluation: readonly Dataset[],
): (dataset: Dataset) => Loss {
  if (isLoss(loss)) return () => loss;
  if (trainDataset instanceof Dataset) {
    throw new UsageError(
      "Cannot train: there is one loss for each dataset, but one dataset; give the loss itself, or the datasets by name",
    );
  }
  const names = Object.keys(loss);
  for (
    const [role, datasets] of [["train_dataset", training], ["eval_dataset", evaluation]] as const
  ) {
    for (const { name } of datasets) {
      if (Object.hasOwn(loss, name)) continue;
      const guess = nearest(name, names);
      throw new UsageError(
        `Cannot train: If the provided \`loss\` is a dict, then all keys from the \`${role}\` must occur in \`loss\` also; found ${
          names.join(", ")
        }, missing "${name}"${guess === null ? "" : `; the nearest is "${guess}"`}`,
      );
    }
  }
  return ({ name }) => loss[name];
}

function isLoss(loss: Loss | Readonly<Record<string, Loss>>): loss is Loss {
  return typeof loss.forward === "function";
}

function checkLoss(
  dataset: Dataset,
  loss: Loss,
  { labelSmoothingFactor }: SentenceTransformerTrainingArguments,
): void {
  loss.checkColumns(dataset.columns, dataset.labels !== null);
  if (labelSmoothingFactor > 0 && !loss.smoothsLabels) {
    throw new UsageError(
      `Cannot set label_smoothing_factor to ${labelSmoothingFactor}: ${loss.name} chooses among no classes; leave it at 0`,
    );
  }
}
