/**
 * How long a run is, and when it logs, evaluates and saves.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { SentenceTransformerTrainingArguments } from "./arguments/sentence_transformer_training_arguments.ts";
import type { Timeline } from "./timeline.ts";

/** Lengths and intervals in optimizer steps. */
export interface RunPlan {
  /** All steps of the run. */
  readonly totalSteps: number;
  /** Passes over the data, possibly a fraction. */
  readonly epochs: number;
  /** Steps in which the learning rate rises. */
  readonly warmupSteps: number;
  /** Steps between log lines. */
  readonly loggingSteps: number;
  /** Steps between evaluations. */
  readonly evalSteps: number;
  /** Steps between checkpoints. */
  readonly saveSteps: number;
}

/**
 * Computes lengths and intervals as transformers' Trainer does.
 *
 * @param args The arguments.
 * @param timeline The steps of every epoch.
 * @returns The plan.
 * @throws {UsageError} If there is nothing to train.
 */
export function planRun(args: SentenceTransformerTrainingArguments, timeline: Timeline): RunPlan {
  const { maxSteps, numTrainEpochs } = args;
  const totalSteps = maxSteps > 0 ? maxSteps : timeline.stepsOf(numTrainEpochs);
  if (totalSteps === 0) {
    throw new UsageError(
      "Cannot train: num_train_epochs is 0 and max_steps is not set; raise one of them",
    );
  }
  const steps = (value: number) => value < 1 ? Math.ceil(totalSteps * value) : value;
  const loggingSteps = steps(args.loggingSteps);
  return {
    totalSteps,
    epochs: maxSteps > 0 ? timeline.epochAfter(maxSteps) : numTrainEpochs,
    warmupSteps: args.getWarmupSteps(totalSteps),
    loggingSteps,
    evalSteps: args.evalSteps ? steps(args.evalSteps) : loggingSteps,
    saveSteps: steps(args.saveSteps),
  };
}
