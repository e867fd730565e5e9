/**
 * What a trainer works with and what a run comes to.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import type { MultiDatasetSamplerFactory } from "../data/samplers/multi_dataset_orders.ts";
import type { BatchSamplerFactory } from "../data/samplers/sampler.ts";
import type { Communicator } from "../distributed/communicator.ts";
import type { OutputError } from "../errors.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { Loss } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { TrainerCallback } from "./callbacks/callback.ts";

/** One dataset, several, or several by name. */
export type Datasets = Dataset | readonly Dataset[] | Readonly<Record<string, Dataset>>;

/** What a trainer works with. */
export interface TrainerInputs {
  /** The model, loaded as trainable. */
  model: SentenceTransformer;
  /** How to train. Default: the defaults of upstream. */
  args?: SentenceTransformerTrainingArguments;
  /** Rows to train on. */
  trainDataset: Datasets;
  /** Rows whose loss is measured in evaluations. Default: none. */
  evalDataset?: Datasets;
  /**
   * The objective, or one for each dataset by its name. There is no default: where it is missing, the
   * error names the losses that fit the columns. Upstream takes CoSENTLoss then, which fits pairs with
   * scores alone.
   */
  loss?: Loss | Readonly<Record<string, Loss>>;
  /** Gives advice to losses that want a guide, such as GISTEmbedLoss. */
  guide?: SentenceTransformer;
  /** Evaluators. Default: none. */
  evaluators?: readonly Evaluator[];
  /** Are told of the run, and may change its course. Default: none beside those that every run has. */
  callbacks?: readonly TrainerCallback[];
  /** Divides the rows of a dataset into batches. Default: the one that `args.batchSampler` names. */
  batchSampler?: BatchSamplerFactory;
  /** Orders the batches of several datasets. Default: `args.multiDatasetBatchSampler`. */
  multiDatasetBatchSampler?: MultiDatasetSamplerFactory;
  /** Receive progress and log, beside those that `args.reportTo` names. Default: none. */
  reporters?: readonly Reporter[];
  /**
   * What becomes of a run whose checkpoint cannot be written, for the disk is full or the like. With
   * "continue" it says so each time and goes on. Default: "stop", with an `OutputError`.
   */
  onSaveFailure?: "stop" | "continue";
  /**
   * Asks the run to stop when it is aborted: after the step at hand, or in the middle of an evaluation, it
   * saves a checkpoint, whatever `save_strategy` says, and `train()` is rejected with an `Interruption`.
   * Default: none.
   */
  signal?: AbortSignal;
  /**
   * The processes that train together, all with the same inputs; see `communicatorForProcess`. A rank on
   * which something fails should then end the job, `communicator.abort`: the others wait for it. Default:
   * this process is alone.
   */
  communicator?: Communicator;
  /**
   * Makes gradients travel between processes as halves, with a scale for every share of a block: half the
   * bytes, and each sum is off by about 2^-10 of its addends. Refused for one process. Default: f32.
   */
  gradientCompression?: "fp16";
  /** What the model is called in logs and in its card. Default: "model". */
  modelName?: string;
}

/** What a run came to. */
export interface TrainOutput {
  /** Optimizer steps done. */
  readonly globalStep: number;
  /** Mean loss of all steps. */
  readonly trainingLoss: number;
  /** The last entry of the log: `train_runtime` and the like. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Why the last checkpoint could not be written, where the run went on without it; else null. */
  readonly saveFailure: OutputError | null;
}
