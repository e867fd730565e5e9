/**
 * What a run is made of, as far as going on from its checkpoint must find it unchanged.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import type { Loss } from "../losses/loss.ts";
import { canonicalOptimizer } from "../optim/names.ts";
import { camelCase } from "./arguments/camel_case.ts";
import type { ArgumentName } from "./arguments/fields.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import { rowsFingerprint } from "./rows_fingerprint.ts";
import type { TrainerInputs } from "./trainer_inputs.ts";

/** Values by name, as JSON. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** What must be the same for the state to have a meaning. */
const FIXED: readonly ArgumentName[] = ["optim_args", "fp16"];

/** What the order of the data follows from. */
const DATA: readonly ArgumentName[] = [
  "gradient_accumulation_steps",
  "dataloader_drop_last",
  "group_by_length",
];

/** What the numbers of a step follow from. */
const NUMERIC: readonly ArgumentName[] = [
  "seed",
  "bf16",
  "adam_beta1",
  "adam_beta2",
  "adam_epsilon",
  "learning_rate",
  "learning_rate_mapping",
  "weight_decay",
  "max_grad_norm",
  "lr_scheduler_type",
  "lr_scheduler_kwargs",
  "warmup_ratio",
  "warmup_steps",
  "label_smoothing_factor",
  "neftune_noise_alpha",
  "prompts",
];

/** Rows of a batch, of all processes together. */
const ROWS = "per_device_train_batch_size";

/** How many processes there are, which may differ. */
const WORLD = "world_size";

/** Keys that `ignore_data_skip` lets differ: the epoch then starts anew. */
const DATA_KEYS: ReadonlySet<string> = new Set([
  ...DATA,
  "batch_sampler",
  "multi_dataset_batch_sampler",
  "data_seed",
  "per_device_train_batch_size",
  "datasets",
]);

/**
 * Describes a run.
 *
 * @param args How it trains.
 * @param run The rest: the inputs, the training data, objectives, and rows of a batch of all processes
 *   together, which may be fewer than the arguments say where memory did not suffice.
 * @returns The description.
 */
export function runIdentity(
  args: SentenceTransformerTrainingArguments,
  run: {
    inputs: Pick<
      TrainerInputs,
      "model" | "batchSampler" | "multiDatasetBatchSampler" | "gradientCompression"
    >;
    datasets: readonly Dataset[];
    lossFor: (dataset: Dataset) => Loss;
    batchSize: number;
  },
): RunIdentity {
  const {
    inputs: { model, gradientCompression = "none", ...samplers },
    datasets,
    lossFor,
    batchSize,
  } = run;
  const values = [...FIXED, ...NUMERIC, ...DATA].map((name) => [name, args[camelCase(name)]]);
  return {
    ...Object.fromEntries(values),
    optim: canonicalOptimizer(args.optim),
    data_seed: args.dataSeed ?? args.seed,
    [ROWS]: batchSize,
    // A single process sends no gradients, so that it may go on whatever several did, and they after it.
    ...(args.worldSize > 1 && {
      [WORLD]: args.worldSize,
      gradient_compression: gradientCompression,
    }),
    batch_sampler: samplers.batchSampler ? "your own" : args.batchSampler,
    multi_dataset_batch_sampler: samplers.multiDatasetBatchSampler
      ? "your own"
      : args.multiDatasetBatchSampler,
    max_seq_length: model.maxSequenceLength,
    model: model.config,
    adapter: adapterOf(model),
    modules: model.settings.modules,
    datasets: datasets.map((dataset) => ({
      name: dataset.name,
      rows: dataset.length,
      columns: dataset.columns,
      fingerprint: rowsFingerprint(dataset),
    })),
    losses: datasets.map((dataset) => {
      const { name, config } = lossFor(dataset);
      return { name, ...config };
    }),
  };
}

/** Where the adapted model lies may change. */
function adapterOf({ adapter }: TrainerInputs["model"]): unknown {
  if (adapter === null) return null;
  const { base_model_name_or_path: _, ...config } = adapter.config;
  return config;
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
  const sharesRows = then[WORLD] !== undefined || now[WORLD] !== undefined;
  return Object.keys(now)
    .filter((key) => Object.hasOwn(then, key) && !(ignoreData && DATA_KEYS.has(key)))
    .filter((key) => key !== WORLD)
    .flatMap((key) => {
      const name = sharesRows && key === ROWS ? `world_size x ${ROWS}` : key;
      return differences(name, then[key], now[key]);
    });
}

/** Objects are compared key by key: files sort them, and only what differs within is worth reading. */
function differences(name: string, then: unknown, now: unknown): string[] {
  if (isObject(then) && isObject(now)) {
    const keys = new Set([...Object.keys(then), ...Object.keys(now)]);
    return [...keys].flatMap((key) => differences(`${name}.${key}`, then[key], now[key]));
  }
  const [before, after] = [JSON.stringify(then), JSON.stringify(now)];
  return before === after ? [] : [`${name} was ${before} and is ${after}`];
}

/** Lists too: their places are their keys. */
function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
