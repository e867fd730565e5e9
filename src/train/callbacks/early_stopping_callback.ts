/**
 * Ends a run when its metric no longer improves. Source: `EarlyStoppingCallback` of transformers.
 *
 * @module
 */
import { InputError, UsageError } from "../../errors.ts";
import type { Best } from "../state.ts";
import type { CallbackRun, TrainerCallback } from "./callback.ts";
import type { CallbackState } from "./callback_state.ts";

/** When to stop. */
export interface EarlyStoppingOptions {
  /** Evaluations in a row without improvement that end the run. Default: 1. */
  readonly earlyStoppingPatience?: number;
  /** How far from the best value so far an improvement must be, in units of the metric. Default: 0. */
  readonly earlyStoppingThreshold?: number;
}

/** The attribute that a checkpoint keeps. */
const COUNTER = "early_stopping_patience_counter";

/**
 * Counts the evaluations in a row whose `metric_for_best_model` is not better, by more than the
 * threshold, than the best of all before them, and ends the run when they are as many as the
 * patience. `greater_is_better` says what better means. NaN is never better, and anything is better
 * than NaN.
 *
 * The first evaluation counts as an improvement. One that lacks the metric is not counted. A resumed
 * run goes on counting where its checkpoint stopped, with the patience and threshold that it was
 * given itself.
 */
export class EarlyStoppingCallback implements TrainerCallback {
  /** Its key in `stateful_callbacks`. */
  readonly name = "EarlyStoppingCallback";
  readonly #patience: number;
  readonly #threshold: number;
  #counter = 0;

  /**
   * Has counted nothing yet.
   *
   * @param options Patience and threshold.
   * @throws {UsageError} If the patience is no integer of at least 1, or the threshold negative.
   */
  constructor(options: EarlyStoppingOptions = {}) {
    const { earlyStoppingPatience: patience = 1, earlyStoppingThreshold: threshold = 0 } = options;
    if (!Number.isInteger(patience) || patience < 1) {
      throw new UsageError(
        `Cannot stop early: early_stopping_patience is ${patience}, wanted an integer of at least 1`,
      );
    }
    if (!Number.isFinite(threshold) || threshold < 0) {
      throw new UsageError(
        `Cannot stop early: early_stopping_threshold is ${threshold}, wanted a number of at least 0`,
      );
    }
    this.#patience = patience;
    this.#threshold = threshold;
  }

  /**
   * Checks that the arguments allow it.
   *
   * @param run The run.
   * @throws {UsageError} If the run does not evaluate, or keeps no best model.
   */
  onInitEnd({ args }: CallbackRun): void {
    if (!args.loadBestModelAtEnd) {
      throw new UsageError(
        "Cannot stop early: EarlyStoppingCallback requires load_best_model_at_end = True; set it to true",
      );
    }
    if (args.metricForBestModel === null) {
      throw new UsageError(
        "Cannot stop early: EarlyStoppingCallback requires metric_for_best_model to be defined",
      );
    }
    if (args.evaluationStrategy === "no") {
      throw new UsageError(
        "Cannot stop early: EarlyStoppingCallback requires IntervalStrategy of steps or epoch; " +
          'evaluation_strategy is "no"',
      );
    }
  }

  /**
   * Checks again: arguments may have changed.
   *
   * @param run The run.
   * @throws {UsageError} As {@linkcode EarlyStoppingCallback.onInitEnd}.
   */
  onTrainBegin(run: CallbackRun): void {
    this.onInitEnd(run);
  }

  /**
   * Counts an evaluation, and stops the run when patience is at its end.
   *
   * @param run The run, with `metrics`, and `state.best` as it was before.
   */
  onEvaluate({ args, state, control, metrics = {}, message }: CallbackRun): void {
    const { metricForBestModel: name, greaterIsBetter } = args;
    if (name === null) return;
    const key = name.startsWith("eval_") ? name : `eval_${name}`;
    const value: number | undefined = metrics[key];
    if (value === undefined) {
      message?.(
        `early stopping required metric_for_best_model, but did not find ${key} so early stopping ` +
          "is disabled",
      );
      return;
    }
    this.#counter = this.#improves(value, state.best, greaterIsBetter) ? 0 : this.#counter + 1;
    if (this.#counter >= this.#patience) control.shouldTrainingStop = true;
  }

  /** Patience, threshold and counter by upstream name. */
  state(): CallbackState {
    return {
      args: {
        early_stopping_patience: this.#patience,
        early_stopping_threshold: this.#threshold,
      },
      attributes: { [COUNTER]: this.#counter },
    };
  }

  /**
   * Goes on counting.
   *
   * @param state What {@linkcode EarlyStoppingCallback.state} gave.
   * @throws {InputError} If it holds no counter.
   */
  restore({ attributes }: CallbackState): void {
    const counter = attributes[COUNTER];
    if (typeof counter !== "number" || !Number.isInteger(counter) || counter < 0) {
      throw new InputError(
        `Cannot restore EarlyStoppingCallback: ${COUNTER} is ${JSON.stringify(counter)}, ` +
          "wanted an integer of at least 0; the checkpoint is damaged",
      );
    }
    this.#counter = counter;
  }

  #improves(value: number, best: Readonly<Best> | null, greaterIsBetter: boolean | null): boolean {
    if (Number.isNaN(value)) return false;
    if (best === null || Number.isNaN(best.metric)) return true;
    const gain = greaterIsBetter ? value - best.metric : best.metric - value;
    return gain > this.#threshold;
  }
}
