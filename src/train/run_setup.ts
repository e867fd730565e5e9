/**
 * What a run works with, checked: datasets by name, the objective of each, evaluators.
 *
 * @module
 */
import { ConcatDataset } from "../data/concat_dataset.ts";
import { Dataset } from "../data/dataset.ts";
import { labelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import { fittingSentence } from "../losses/fitting_sentence.ts";
import type { Loss } from "../losses/loss.ts";
import { SentenceTransformer } from "../models/sentence_transformer.ts";
import { nearest } from "../nearest.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { RunModels } from "./compute_loss.ts";
import { LossStores } from "./loss_stores.ts";
import { checkDispatch, checkGatheredLoss } from "./parallel/check_parallel_run.ts";
import { groupOf } from "./parallel/group_of.ts";
import type { RankGroup } from "./parallel/rank_group.ts";
import { checkPrompts } from "./prompts.ts";
import type { Datasets, TrainerInputs } from "./trainer_inputs.ts";

/** What a run works with. */
export interface RunSetup {
  /** The inputs as they were given; among several ranks, `signal` is what they agree on. */
  readonly inputs: TrainerInputs;
  /** The ranks of the run; null where there is one process. */
  readonly group: RankGroup | null;
  /** How to train. */
  readonly args: SentenceTransformerTrainingArguments;
  /** Rows to train on. */
  readonly trainDatasets: ConcatDataset;
  /** Rows whose loss is measured. */
  readonly evalDatasets: readonly Dataset[];
  /** Whether the losses of evaluation datasets are told apart by name. */
  readonly namesLosses: boolean;
  /** The objective of a dataset. */
  readonly lossFor: (dataset: Dataset) => Loss;
  /** The models. */
  readonly models: RunModels;
  /** Parameters of the objectives. */
  readonly lossStores: LossStores;
  /** Evaluators. */
  readonly evaluators: readonly Evaluator[];
}

/**
 * Checks that everything fits together.
 *
 * @param inputs Model, rows, objective and the rest.
 * @param args How to train.
 * @param stores Parameters of the losses, where they are there already.
 * @returns The setup.
 * @throws {UsageError} If a loss is missing or cannot use the columns, prompts name nothing, or
 *   evaluation is asked for without rows or evaluators, or the model cannot be a decoder that a loss wants.
 */
export function setUpRun(
  inputs: TrainerInputs,
  args: SentenceTransformerTrainingArguments,
  stores?: LossStores,
): RunSetup {
  const { evaluators = [] } = inputs;
  const group = groupOf(inputs, args);
  const trainDatasets = new ConcatDataset(
    checkedDatasets("trainDataset", namedDatasets(inputs.trainDataset)),
  );
  checkDispatch(args, trainDatasets, group?.size ?? 1);
  const evalDatasets = checkedDatasets("evalDataset", namedDatasets(inputs.evalDataset ?? []));
  const lossFor = lossesOf(inputs, trainDatasets.datasets, evalDatasets);
  const all = [...trainDatasets.datasets, ...evalDatasets];
  for (const dataset of all) checkLoss(dataset, lossFor(dataset), args);
  for (const loss of all.map(lossFor)) checkGatheredLoss(loss, group?.size ?? 1);
  checkModels(inputs, all.map(lossFor));
  checkEvaluators(evaluators);
  checkPrompts(args.prompts, all);
  if (args.evaluationStrategy !== "no" && evalDatasets.length + evaluators.length === 0) {
    throw new UsageError(
      `Cannot train: You have set \`args.eval_strategy\` to ${args.evaluationStrategy}, but you didn't provide an \`eval_dataset\` or an \`evaluator\`; give one, or set evaluation_strategy to "no"`,
    );
  }
  checkEvaluation(args, evalDatasets);
  const lossStores = stores ?? new LossStores(inputs.model, all.map(lossFor), args.seed);
  const { twin, decoders } = lossStores;
  const models = { model: inputs.model, guide: inputs.guide, twin, decoders };
  // Names that were given, and those of several datasets, come before their losses.
  const namesLosses = evalDatasets.length > 1 || isNamed(inputs.evalDataset);
  return {
    inputs: group === null ? inputs : { ...inputs, signal: group.signal },
    group,
    args,
    trainDatasets,
    evalDatasets,
    namesLosses,
    lossFor,
    lossStores,
    models,
    evaluators,
  };
}

function isNamed(datasets: Datasets | undefined): boolean {
  return datasets !== undefined && !(datasets instanceof Dataset) && !isList(datasets);
}

/** Datasets in the order given; those of an object are called by its keys. */
export function namedDatasets(datasets: Datasets): Dataset[] {
  if (datasets instanceof Dataset) return [datasets];
  if (isList(datasets)) return [...datasets];
  if (typeof datasets !== "object" || datasets === null) return [];
  return Object.entries(datasets).map(([name, dataset]) => dataset.renamed(name));
}

function isList(
  datasets: readonly Dataset[] | Readonly<Record<string, Dataset>>,
): datasets is readonly Dataset[] {
  return Array.isArray(datasets);
}

function checkedDatasets(role: string, datasets: Dataset[]): Dataset[] {
  if (role === "trainDataset" && datasets.length === 0) {
    throw new UsageError(`Cannot train: ${role} has no dataset; give one, or several by name`);
  }
  const names = new Set<string>();
  for (const dataset of datasets) {
    if (!(dataset instanceof Dataset)) {
      throw new UsageError(`Cannot train: ${role} holds something that is no Dataset`);
    }
    const { name, length } = dataset;
    if (length === 0) {
      throw new UsageError(`Cannot train: dataset "${name}" of ${role} has no rows`);
    }
    if (names.has(name)) {
      throw new UsageError(
        `Cannot train: two datasets of ${role} are called "${name}"; give them as { name: dataset }`,
      );
    }
    names.add(name);
  }
  return datasets;
}

function checkEvaluation(
  args: SentenceTransformerTrainingArguments,
  datasets: readonly Dataset[],
): void {
  const { perDeviceEvalBatchSize: batchSize, dataloaderDropLast, metricForBestModel } = args;
  const short = datasets.find(({ length }) => length < batchSize);
  if (dataloaderDropLast && short !== undefined) {
    throw new UsageError(
      `Cannot set dataloader_drop_last to true: it leaves nothing of evaluation dataset "${short.name}", which has ${short.length} rows; lower per_device_eval_batch_size, which is ${batchSize}`,
    );
  }
  const wantsLoss = metricForBestModel === "loss" || metricForBestModel === "eval_loss";
  if (wantsLoss && datasets.length === 0 && args.evaluationStrategy !== "no") {
    throw new UsageError(
      `Cannot set metric_for_best_model to "${metricForBestModel}": there is no evaluation dataset to have a loss; give one, or name a metric of an evaluator`,
    );
  }
}

function lossesOf(
  { loss, trainDataset }: TrainerInputs,
  training: readonly Dataset[],
  evaluation: readonly Dataset[],
): (dataset: Dataset) => Loss {
  if (isLoss(loss)) return () => loss;
  if (loss === undefined || loss === null) {
    const [first] = training;
    const fitting = fittingSentence(first.columns, labelFacts(first));
    throw new UsageError(`Cannot train: there is no loss; ${fitting}; give one as loss`);
  }
  if (typeof loss !== "object") {
    throw new UsageError(`Cannot train: loss is ${loss}, wanted a loss, or losses by dataset`);
  }
  if (trainDataset instanceof Dataset) {
    throw new UsageError(
      "Cannot train: If the provided `loss` is a dict, then the `train_dataset` must be a `DatasetDict`; give the datasets by name, or the loss itself",
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
        `Cannot train: If the provided \`loss\` is a dict, then all keys from the \`${role}\` dictionary must occur in \`loss\` also; found ${
          names.join(", ")
        }, missing "${name}"${guess === null ? "" : `; the nearest is "${guess}"`}`,
      );
    }
  }
  const stranger = names.find((name) => !isLoss(loss[name]));
  if (stranger !== undefined) {
    throw new UsageError(
      `Cannot train: the loss of "${stranger}" is ${JSON.stringify(loss[stranger])}, wanted a loss`,
    );
  }
  return ({ name }) => loss[name];
}

function isLoss(loss: TrainerInputs["loss"]): loss is Loss {
  return typeof (loss as Partial<Loss> | null | undefined)?.forward === "function";
}

/** Metrics of two that write one file would have the same keys, and one of them would be lost. */
function checkEvaluators(evaluators: readonly Evaluator[]): void {
  const files = evaluators.map(({ csvFile }) => csvFile);
  const twice = files.find((file, i) => files.indexOf(file) !== i);
  if (twice === undefined) return;
  throw new UsageError(
    `Cannot train: two evaluators write ${twice}; give each a name of its own`,
  );
}

function checkModels({ model, guide }: TrainerInputs, losses: readonly Loss[]): void {
  if (!(model instanceof SentenceTransformer)) {
    throw new UsageError(`Cannot train: model is ${model}, wanted a SentenceTransformer`);
  }
  if (!(model.adapter?.store ?? model.store).isTrainable) {
    throw new UsageError(
      "Cannot train: the model was loaded for embedding alone; load it with { trainable: true }",
    );
  }
  if (guide !== undefined && !losses.some(({ wants }) => wants?.guide)) {
    throw new UsageError(
      `Cannot train: there is a guide, but ${
        losses[0].name
      } takes no advice; leave it out, or use such as GISTEmbedLoss`,
    );
  }
  for (const { name, wants = {} } of losses) {
    if (wants.guide && guide === undefined) {
      throw new UsageError(
        `Cannot train with ${name}: it wants a guide; give a model as guide (--guide DIR)`,
      );
    }
    if (wants.cache && (wants.layers || wants.twin || wants.reconstruction)) {
      throw new UsageError(
        `Cannot train with ${name}: it wants ${
          wants.layers ? "all layers" : wants.twin ? "a second model" : "a decoder"
        }, and a batch embedded in parts; use a loss that is not cached within it`,
      );
    }
  }
}

function checkLoss(
  dataset: Dataset,
  loss: Loss,
  { labelSmoothingFactor }: SentenceTransformerTrainingArguments,
): void {
  const labels = labelFacts(dataset);
  try {
    loss.checkColumns(dataset.columns, labels);
  } catch (cause) {
    if (!(cause instanceof UsageError)) throw cause;
    const fitting = fittingSentence(dataset.columns, labels);
    throw new UsageError(`${cause.message}; ${fitting}`, { cause });
  }
  if (labelSmoothingFactor > 0 && !loss.smoothsLabels) {
    throw new UsageError(
      `Cannot set label_smoothing_factor to ${labelSmoothingFactor}: ${loss.name} chooses among no classes; leave it at 0`,
    );
  }
}
