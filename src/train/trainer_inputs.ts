/**
 * What a trainer works with and what a run comes to.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import type { Evaluator } from "../evaluators/evaluator.ts";
import type { Loss } from "../losses/loss.ts";
import type { SentenceTransformer } from "../models/sentence_transformer.ts";
import type { Reporter } from "../reporters/reporter.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";

/** What a trainer works with. */
export interface TrainerInputs {
  /** The model, loaded as trainable. */
  model: SentenceTransformer;
  /** How to train. Default: the defaults of upstream. */
  args?: SentenceTransformerTrainingArguments;
  /** Rows to train on, of one dataset or several. */
  trainDataset: Dataset | readonly Dataset[];
  /** Rows whose loss is measured in evaluations, of one dataset or several. Default: none. */
  evalDataset?: Dataset | readonly Dataset[];
  /** The objective. */
  loss: Loss;
  /** Evaluators. Default: none. */
  evaluators?: readonly Evaluator[];
  /** Receive progress and log. Default: none. */
  reporters?: readonly Reporter[];
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
}
