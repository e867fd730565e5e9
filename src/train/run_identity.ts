/**
 * What a run is made of, as far as going on from its checkpoint must find it unchanged.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { ArgumentName } from "./arguments/fields.ts";
import { camelCase } from "./arguments/camel_case.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";

/** Values by name, as JSON. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** What must be the same for the state to have a meaning. */
const FIXED: readonly ArgumentName[] = ["optim", "optim_args", "fp16"];

/** What the order of the data follows from. */
const DATA: readonly ArgumentName[] = [
  "gradient_accumulation_steps",
  "dataloader_drop_last",
  "batch_sampler",
  "multi_dataset_batch_sampler",
  "group_by_length",
];

/** What the numbers of a step follow from. */
const NUMERIC: readonly ArgumentName[] = [
  "seed",
  "bf16",
  "adam_beta1",
  "adam_beta2",
  "adam_epsilon",
  "label_smoothing_factor",
  "neftune_noise_alpha",
  "prompts",
];

/** Keys that `ignore_data_skip` lets differ: the epoch then starts anew. */
const DATA_KEYS: ReadonlySet<string> = new Set([
  ...DATA,
  "data_seed",
  "per_device_train_batch_size",
  "datasets",
]);

/**
 * Describes a run.
 *
 * @param args How it trains.
 * @param run The rest: model, data, objectives, and rows of a batch, which may be fewer than the
 *   arguments say where memory did not suffice.
 * @returns The description.
 */
export function runIdentity(
  args: SentenceTransformerTrainingArguments,
  run: {
    model: SentenceTransformer;
    datasets: readonly Dataset[];
    lossFor: (dataset: Dataset) => Loss;
    batchSize: number;
  },
): RunIdentity {
  const values = [...FIXED, ...NUMERIC, ...DATA].map((name) => [name, args[camelCase(name)]]);
  return {
    ...Object.fromEntries(values),
    data_seed: args.dataSeed ?? args.seed,
    per_device_train_batch_size: run.batchSize,
    max_seq_length: run.model.maxSequenceLength,
    datasets: run.datasets.map(({ name, length }) => ({ name, rows: length })),
    losses: run.datasets.map((dataset) => {
      const { name, config } = run.lossFor(dataset);
      return { name, ...config };
    }),
  };
}

/**
 * Finds what differs between two runs.
 *
 * @param then The run that made a checkpoint.
 * @param now The run that goes on from it.
 * @param ignoreData Whether the data and their order may differ.
 * @returns One clause for each difference.
 */
export function identityDifferences(
  then: RunIdentity,
  now: RunIdentity,
  ignoreData: boolean,
): string[] {
  return Object.keys(now)
    .filter((key) => Object.hasOwn(then, key) && !(ignoreData && DATA_KEYS.has(key)))
    .map((key) => [key, JSON.stringify(then[key]), JSON.stringify(now[key])])
    .filter(([, before, after]) => before !== after)
    .map(([key, before, after]) => `${key} was ${before} and is ${after}`);
}
