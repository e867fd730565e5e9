/**
 * The rules that tie arguments together: older names, defaults that follow from other arguments,
 * and values that only go together. Source: `TrainingArguments.__post_init__` of transformers.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { checkArgument } from "./check_argument.ts";
import { expandHome } from "./expand_home.ts";
import { argumentFields } from "./fields.ts";
import type { Leniency } from "./leniency.ts";
import { resolveAliases } from "./resolve_aliases.ts";
import { settleBestModel } from "./settle_best_model.ts";

/**
 * Completes and checks arguments as a whole.
 *
 * - A value under an older name goes to the argument of today, and the older one to its default.
 * - Arguments that are not given take their defaults.
 * - `output_dir` and `logging_dir`: `~` at the start becomes the home directory.
 * - `do_eval` becomes true where `evaluation_strategy` is not "no".
 * - `eval_steps` of null or 0 becomes `logging_steps` where `evaluation_strategy` is "steps".
 * - `eval_delay` of null becomes 0.
 * - `metric_for_best_model` of null becomes "loss" where `load_best_model_at_end` is true, or the
 *   schedule follows evaluations.
 * - `greater_is_better` of null becomes whether the metric's name does not end in "loss".
 * - `disable_tqdm` of null becomes whether `log_level` is "error" or "critical".
 * - `dataloader_pin_memory` becomes false with `use_cpu`.
 * - `prediction_loss_only` becomes true and `ddp_broadcast_buffers` false, as in
 *   sentence-transformers.
 *
 * @param given checked values by property name
 * @param leniency whether values that are not honoured give way to the defaults, and who is told of
 *   older names and of values that others override
 * @returns values of all arguments; settling them again changes nothing
 * @throws {UsageError} if two values do not go together; the message contains upstream's
 */
export function settleArguments(
  given: Partial<ArgumentValues>,
  leniency: Leniency = {},
): ArgumentValues {
  const values = withDefaults(resolveAliases(given, leniency));
  values.outputDir = expandHome(values.outputDir);
  if (values.loggingDir !== null) values.loggingDir = expandHome(values.loggingDir);
  settleSteps(values, leniency);
  settleBestModel(values);
  requireOnePrecision(values);
  requireWorkers(values);
  if (given.numTrainEpochs !== undefined) warnOfEpochs(values, leniency);
  warnOfOverrides(values, leniency);
  values.disableTqdm ??= values.logLevel === "error" || values.logLevel === "critical";
  values.dataloaderPinMemory &&= !values.useCpu;
  values.predictionLossOnly = true;
  values.ddpBroadcastBuffers = false;
  return values;
}

function withDefaults(given: Partial<ArgumentValues>): ArgumentValues {
  const values: Partial<Record<keyof ArgumentValues, unknown>> = {};
  for (const [name, { default: ofUpstream }] of argumentFields) {
    const value = given[camelCase(name)];
    values[camelCase(name)] = value === undefined ? checkArgument(name, ofUpstream) : value;
  }
  return values as ArgumentValues;
}

function settleSteps(values: ArgumentValues, { warn }: Leniency): void {
  const { evaluationStrategy, loggingSteps } = values;
  values.evalDelay ??= 0;
  if (values.loggingStrategy === "steps" && loggingSteps === 0) {
    throw new UsageError(
      "Cannot set logging_steps to 0: logging strategy steps requires non-zero --logging_steps; " +
        'give a distance of log lines, or "no" to logging_strategy',
    );
  }
  if (evaluationStrategy !== "no") values.doEval = true;
  if (evaluationStrategy !== "steps" || values.evalSteps) return;
  if (loggingSteps === 0) {
    throw new UsageError(
      'Cannot set evaluation_strategy to "steps": evaluation strategy steps requires either ' +
        "non-zero --eval_steps or --logging_steps; give eval_steps",
    );
  }
  values.evalSteps = loggingSteps;
  warn?.(`using \`logging_steps\` to initialize \`eval_steps\` to ${loggingSteps}`, "eval_steps");
}

function requireOnePrecision({ fp16, bf16, fp16FullEval, bf16FullEval }: ArgumentValues): void {
  if (fp16 && bf16) {
    throw new UsageError(
      "Cannot set fp16 and bf16 to true: At most one of fp16 and bf16 can be True, but not both",
    );
  }
  if (fp16FullEval && bf16FullEval) {
    throw new UsageError(
      "Cannot set fp16_full_eval and bf16_full_eval to true: At most one of fp16 and bf16 can be " +
        "True for full eval, but not both",
    );
  }
}

function requireWorkers(values: ArgumentValues): void {
  if (!values.dataloaderPersistentWorkers || values.dataloaderNumWorkers > 0) return;
  throw new UsageError(
    "Cannot set dataloader_persistent_workers to true: persistent_workers option needs " +
      "num_workers > 0; give dataloader_num_workers",
  );
}

function warnOfEpochs({ maxSteps, numTrainEpochs }: ArgumentValues, { warn }: Leniency): void {
  if (maxSteps <= 0 || numTrainEpochs === argumentFields.get("num_train_epochs")!.default) return;
  warn?.("max_steps is given, it will override any value given in num_train_epochs", "max_steps");
}

function warnOfOverrides(values: ArgumentValues, { warn }: Leniency): void {
  if (values.warmupSteps > 0 && values.warmupRatio > 0) {
    warn?.(
      "Both warmup_ratio and warmup_steps given, warmup_steps will override any effect of " +
        "warmup_ratio during training",
      "warmup_ratio",
    );
  }
  if (values.useMpsDevice) {
    warn?.(
      "use_mps_device is deprecated: WebGPU uses Metal wherever it is there; leave it out",
      "use_mps_device",
    );
  }
}
