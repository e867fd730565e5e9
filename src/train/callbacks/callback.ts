/**
 * The contract of a callback: what it is told in the course of a run, and what it may decide.
 *
 * The moments come in this order, as in transformers' Trainer:
 *
 * ```text
 * onInitEnd
 * onTrainBegin
 *   onEpochBegin
 *     onStepBegin
 *       onSubstepEnd                            after each batch of a step but the last
 *     onPreOptimizerStep, onOptimizerStep       before and after the update
 *     onStepEnd
 *     onLog, onEvaluate, onSave                 where the control asks for them
 *   onEpochEnd                                  also of an epoch that was left early
 *   onLog, onEvaluate, onSave                   where the control asks for them
 * onTrainEnd
 * ```
 *
 * An evaluation has an `onPredictionStep` for each batch, logs its metrics (`onLog`) and then tells
 * them (`onEvaluate`); a prediction ends with `onPredict`. The end of the run is logged before
 * `onTrainEnd`.
 *
 * @module
 */
import type { SentenceTransformer } from "../../models/sentence_transformer.ts";
import type { Histogram } from "../../reporters/histogram.ts";
import type { SentenceTransformerTrainingArguments } from "../arguments/sentence_transformer_training_arguments.ts";
import type { RunPlan } from "../run_plan.ts";
import type { TrainerState } from "../state.ts";
import type { CallbackState } from "./callback_state.ts";
import type { TrainerControl } from "./trainer_control.ts";

/** Where an evaluation stands. */
export interface EvaluationPlace {
  /** The dataset. */
  readonly dataset: string;
  /** Batches done. */
  readonly batch: number;
  /** Batches of the dataset. */
  readonly batches: number;
}

/** What a callback sees of a run; `control` is for changing, the rest for reading. */
export interface CallbackRun {
  /** How the model is trained. */
  readonly args: SentenceTransformerTrainingArguments;
  /** Where the run stands. */
  readonly state: Readonly<TrainerState>;
  /** What the trainer does next. */
  readonly control: TrainerControl;
  /** Lengths and intervals, in optimizer steps. */
  readonly plan: RunPlan;
  /** The model. */
  readonly model: SentenceTransformer;
  /** Shows a line, such as a warning, to whoever watches the run. */
  readonly message?: (line: string) => void;
  /** Tells reporters how gradients are spread, by the names of parameters. */
  readonly tellGradients?: (histograms: Readonly<Record<string, Histogram>>, step: number) => void;
  /** What was found, with upstream's keys; in `onEvaluate` and `onPredict` alone. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** The record of the log, in `onLog` alone: a callback may change it before reporters see it. */
  readonly logs?: Record<string, number>;
  /** Where the evaluation stands, in `onPredictionStep` alone. */
  readonly evaluation?: EvaluationPlace;
}

/** Is told of a run; every method may be left out, and is awaited where it returns a promise. */
export interface TrainerCallback {
  /**
   * Its key in `stateful_callbacks`, and what errors call it. Default: the name of the class, which
   * bundlers may change.
   */
  readonly name?: string;
  /** The trainer is made. */
  onInitEnd?(run: CallbackRun): void | Promise<void>;
  /** Training begins, perhaps from a checkpoint. */
  onTrainBegin?(run: CallbackRun): void | Promise<void>;
  /** An epoch begins. */
  onEpochBegin?(run: CallbackRun): void | Promise<void>;
  /** An optimizer step begins. */
  onStepBegin?(run: CallbackRun): void | Promise<void>;
  /** A batch is done that is not the last of its step. */
  onSubstepEnd?(run: CallbackRun): void | Promise<void>;
  /** The gradients are complete and clipped, the parameters as before. */
  onPreOptimizerStep?(run: CallbackRun): void | Promise<void>;
  /** The parameters are updated, the gradients still there. */
  onOptimizerStep?(run: CallbackRun): void | Promise<void>;
  /** An optimizer step is done and counted in `state`. */
  onStepEnd?(run: CallbackRun): void | Promise<void>;
  /** A record is about to go to the reporters: `logs`. */
  onLog?(run: CallbackRun): void | Promise<void>;
  /** An evaluation is done: `metrics`. `state.best` is still the best of those before it. */
  onEvaluate?(run: CallbackRun): void | Promise<void>;
  /** A checkpoint is written. */
  onSave?(run: CallbackRun): void | Promise<void>;
  /** A batch of an evaluation is done: `evaluation`. */
  onPredictionStep?(run: CallbackRun): void | Promise<void>;
  /** A prediction is done: `metrics`. */
  onPredict?(run: CallbackRun): void | Promise<void>;
  /** An epoch is over, or was left because the control says so. */
  onEpochEnd?(run: CallbackRun): void | Promise<void>;
  /** Training is over; the best model is back where it was asked for. */
  onTrainEnd?(run: CallbackRun): void | Promise<void>;
  /** What a checkpoint keeps of the callback. */
  state?(): CallbackState;
  /** Goes on from what {@linkcode TrainerCallback.state} gave; throws an `InputError` if damaged. */
  restore?(state: CallbackState): void;
}

/** A method of a callback that a run calls. */
export type CallbackMoment = Extract<keyof TrainerCallback, `on${string}`>;
