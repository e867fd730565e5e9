/**
 * When a run logs, evaluates, saves and ends. Source: `DefaultFlowCallback` of transformers.
 *
 * @module
 */
import type { CallbackRun, TrainerCallback } from "./callback.ts";

/**
 * Turns the strategies and intervals of the arguments into switches.
 *
 * - Strategy "steps": after each step that is a multiple of the interval. The last step evaluates
 *   and saves in any case.
 * - Strategy "epoch": after each epoch, a last one of fewer steps included.
 * - `logging_first_step`: after the first step as well, whatever the strategy.
 * - `eval_delay`: no evaluation before as many steps, or epochs with strategy "epoch"; the last step
 *   is no exception.
 * - Strategy "no", and "best" of `save_strategy`: never. The trainer saves a best model when it has
 *   evaluated it.
 * - Training stops when the steps of the plan are done.
 */
export class DefaultFlowCallback implements TrainerCallback {
  /** What errors call it. */
  readonly name = "DefaultFlowCallback";

  /**
   * Sets the switches that go by steps.
   *
   * @param run The run.
   */
  onStepEnd({ args, state, control, plan }: CallbackRun): void {
    const step = state.globalStep;
    const ends = step >= plan.totalSteps;
    if (
      (args.loggingFirstStep && step === 1) ||
      (args.loggingStrategy === "steps" && isDue(plan.loggingSteps, step))
    ) control.shouldLog = true;
    if (
      args.evaluationStrategy === "steps" && (ends || isDue(plan.evalSteps, step)) &&
      (args.evalDelay ?? 0) <= step
    ) control.shouldEvaluate = true;
    if (args.saveStrategy === "steps" && (ends || isDue(plan.saveSteps, step))) {
      control.shouldSave = true;
    }
    if (ends) control.shouldTrainingStop = true;
  }

  /**
   * Sets the switches that go by epochs.
   *
   * @param run The run.
   */
  onEpochEnd({ args, state, control }: CallbackRun): void {
    if (args.loggingStrategy === "epoch") control.shouldLog = true;
    if (args.evaluationStrategy === "epoch" && (args.evalDelay ?? 0) <= state.epoch) {
      control.shouldEvaluate = true;
    }
    if (args.saveStrategy === "epoch") control.shouldSave = true;
  }
}

/** An interval of 0 is never due: the remainder is NaN. */
function isDue(interval: number, step: number): boolean {
  return step % interval === 0;
}
