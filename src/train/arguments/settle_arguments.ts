/**
 * The rules that tie arguments together: older names, defaults that follow from other arguments,
 * and values that only go together. Source: `TrainingArguments.__post_init__` of transformers.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { checkArgument, sameValue } from "./check_argument.ts";
import { expandHome } from "./expand_home.ts";
import { argumentFields, type ArgumentName } from "./fields.ts";

/** Ratios of steps are compared as whole millionths. */
const MILLION = 1_000_000;

/**
 * Completes and checks arguments as a whole.
 *
 * - A value under an older name goes to the argument of today, and the older one to its default.
 * - Arguments that are not given take their defaults.
 * - `output_dir`: `~` at its start becomes the home directory.
 * - `do_eval` becomes true where `evaluation_strategy` is not "no".
 * - `eval_steps` of null or 0 becomes `logging_steps` where `evaluation_strategy` is "steps".
 * - `metric_for_best_model` of null becomes "loss" where `load_best_model_at_end` is true.
 * - `disable_tqdm` of null becomes whether `log_level` is "error" or "critical".
 * - `greater_is_better` of null becomes whether the metric's name does not end in "loss".
 *
 * @param given checked values by property name
 * @returns values of all arguments; settling them again changes nothing
 * @throws {UsageError} if two values do not go together
 */
export function settleArguments(given: Partial<ArgumentValues>): ArgumentValues {
  const values = withDefaults(withoutAliases(given));
  values.outputDir = expandHome(values.outputDir);
  settleSteps(values);
  settleBestModel(values);
  values.disableTqdm ??= values.logLevel === "error" || values.logLevel === "critical";
  return values;
}

function withoutAliases(given: Partial<ArgumentValues>): Record<string, unknown> {
  const values: Record<string, unknown> = { ...given };
  for (const [name, { support, default: unset }] of argumentFields) {
    const value = values[camelCase(name)];
    if (support.kind !== "alias" || value === undefined) continue;
    delete values[camelCase(name)];
    if (sameValue(value, unset)) continue;
    const of = support.of as ArgumentName;
    const meant = "as" in support ? support.as : value;
    const other = values[camelCase(of)];
    if (other !== undefined && !sameValue(other, meant)) {
      throw new UsageError(
        `Cannot set ${name} to ${JSON.stringify(value)}: it stands for ${of}, which is ` +
          `${JSON.stringify(other)}; give one of them`,
      );
    }
    values[camelCase(of)] = checkArgument(of, meant);
  }
  return values;
}

function withDefaults(given: Record<string, unknown>): ArgumentValues {
  const values: Partial<Record<keyof ArgumentValues, unknown>> = {};
  for (const [name, { default: ofUpstream }] of argumentFields) {
    const value = given[camelCase(name)];
    values[camelCase(name)] = value === undefined ? checkArgument(name, ofUpstream) : value;
  }
  return values as ArgumentValues;
}

function settleSteps(values: ArgumentValues): void {
  requireWholeSteps("logging_steps", values.loggingSteps);
  requireWholeSteps("eval_steps", values.evalSteps ?? 0);
  requireWholeSteps("save_steps", values.saveSteps);
  if (values.loggingStrategy === "steps" && values.loggingSteps === 0) {
    throw new UsageError(
      'Cannot set logging_steps to 0: logging_strategy is "steps"; give a distance of log lines, ' +
        'or "no" to logging_strategy',
    );
  }
  if (values.evaluationStrategy === "no") return;
  values.doEval = true;
  if (values.evaluationStrategy !== "steps" || values.evalSteps) return;
  if (values.loggingSteps === 0) {
    throw new UsageError(
      'Cannot set evaluation_strategy to "steps": eval_steps and logging_steps are both 0; give ' +
        "eval_steps",
    );
  }
  values.evalSteps = values.loggingSteps;
}

function requireWholeSteps(name: ArgumentName, steps: number): void {
  if (steps <= 1 || Number.isInteger(steps)) return;
  throw new UsageError(
    `Cannot set ${name} to ${steps}: wanted a whole number of steps, or a share of all steps ` +
      "below 1",
  );
}

function settleBestModel(values: ArgumentValues): void {
  if (values.loadBestModelAtEnd) {
    requireEvaluatedCheckpoints(values);
    values.metricForBestModel ??= "loss";
  }
  if (values.metricForBestModel !== null) {
    values.greaterIsBetter ??= !values.metricForBestModel.endsWith("loss");
  }
}

function requireEvaluatedCheckpoints(values: ArgumentValues): void {
  const { evaluationStrategy, saveStrategy, saveSteps } = values;
  if (evaluationStrategy !== saveStrategy || evaluationStrategy === "no") {
    throw new UsageError(
      `Cannot set load_best_model_at_end to true: evaluation_strategy is "${evaluationStrategy}" ` +
        `and save_strategy is "${saveStrategy}"; make both "steps" or both "epoch"`,
    );
  }
  if (evaluationStrategy !== "steps") return;
  const evalSteps = values.evalSteps!;
  const isShare = saveSteps < 1;
  const unit = isShare ? MILLION : 1;
  if (isShare !== evalSteps < 1 || Math.round(saveSteps * unit) % Math.round(evalSteps * unit)) {
    throw new UsageError(
      `Cannot set load_best_model_at_end to true: save_steps is ${saveSteps} and eval_steps is ` +
        `${evalSteps}; make save_steps a multiple of eval_steps, both below 1 or neither`,
    );
  }
}
