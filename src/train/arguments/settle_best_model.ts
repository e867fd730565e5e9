/**
 * The rules about the best model, and about what else follows evaluations.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { ArgumentValues } from "./argument_values.ts";

/** Ratios of steps are compared as whole millionths. */
const MILLION = 1_000_000;

/** The schedules that follow a metric. */
const BY_METRIC: readonly string[] = ["reduce_lr_on_plateau", "greedy"];

/**
 * Chooses metric and direction of the best model, and checks that evaluations come when they are
 * needed. Source: `TrainingArguments.__post_init__` and `Trainer.__init__` of transformers.
 *
 * @param values values of all arguments, `eval_steps` settled; metric and direction are changed
 * @throws {UsageError} if no checkpoint would hold the best model, or nothing would be evaluated; the
 *   message contains upstream's
 */
export function settleBestModel(values: ArgumentValues): void {
  const { lrSchedulerType, evaluationStrategy, saveStrategy, loadBestModelAtEnd } = values;
  const byMetric = BY_METRIC.includes(lrSchedulerType);
  if (byMetric && evaluationStrategy === "no") {
    throw new UsageError(
      `Cannot set lr_scheduler_type to "${lrSchedulerType}": lr_scheduler_type ${lrSchedulerType} ` +
        'requires an eval strategy; give "steps" or "epoch" to evaluation_strategy',
    );
  }
  if (loadBestModelAtEnd && saveStrategy !== "best") requireEvaluatedCheckpoints(values);
  if (loadBestModelAtEnd || byMetric) values.metricForBestModel ??= "loss";
  if (saveStrategy === "best") requireMetric(values);
  if (values.metricForBestModel !== null) {
    values.greaterIsBetter ??= !values.metricForBestModel.endsWith("loss");
  }
}

function requireMetric({ metricForBestModel, evaluationStrategy }: ArgumentValues): void {
  if (metricForBestModel === null) {
    throw new UsageError(
      'Cannot set save_strategy to "best": `args.metric_for_best_model` must be provided when using ' +
        "'best' save_strategy or if `args.load_best_model_at_end` is set to `True`.",
    );
  }
  if (evaluationStrategy === "no") {
    throw new UsageError(
      'Cannot set save_strategy to "best": evaluation_strategy is "no", so that no checkpoint is ' +
        'evaluated; make it "steps" or "epoch"',
    );
  }
}

function requireEvaluatedCheckpoints(values: ArgumentValues): void {
  const { evaluationStrategy, saveStrategy, saveSteps } = values;
  const action = "Cannot set load_best_model_at_end to true: ";
  if (evaluationStrategy !== saveStrategy) {
    throw new UsageError(
      `${action}--load_best_model_at_end requires the save and eval strategy to match, but found\n` +
        `- Evaluation strategy: ${evaluationStrategy}\n- Save strategy: ${saveStrategy}; ` +
        'make both "steps" or both "epoch", or save_strategy "best"',
    );
  }
  if (evaluationStrategy === "no") {
    throw new UsageError(
      `${action}evaluation_strategy and save_strategy are both "no", so that there is no checkpoint ` +
        'to choose from; make both "steps" or both "epoch"',
    );
  }
  if (evaluationStrategy !== "steps") return;
  const wrong = multipleError(saveSteps, values.evalSteps!);
  if (wrong !== null) {
    throw new UsageError(
      `${action}--load_best_model_at_end requires the saving steps to be ${wrong} Make save_steps a ` +
        "multiple of eval_steps, both below 1 or neither",
    );
  }
}

/** How upstream goes on where the one is no multiple of the other, or null. */
function multipleError(saveSteps: number, evalSteps: number): string | null {
  if (saveSteps < 1 !== evalSteps < 1) {
    return "a multiple of the evaluation steps, which cannot get guaranteed when mixing ratio and " +
      `absolute steps for save_steps ${saveSteps} and eval_steps ${evalSteps}.`;
  }
  const isShare = saveSteps < 1;
  const unit = isShare ? MILLION : 1;
  if (Math.round(saveSteps * unit) % Math.round(evalSteps * unit) === 0) return null;
  return isShare
    ? `a multiple of the evaluation steps, but found ${saveSteps}, which is not a multiple of ` +
      `${evalSteps}.`
    : `a round multiple of the evaluation steps, but found ${saveSteps}, which is not a round ` +
      `multiple of ${evalSteps}.`;
}
