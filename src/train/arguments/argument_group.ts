/**
 * The groups of arguments that the `set` methods replace.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { shownArgument } from "./check_argument.ts";
import type { ArgumentName } from "./fields.ts";

/** Which argument a parameter sets, and its default; without one it must be given. */
type Parameter = readonly [ArgumentName, unknown?];

/** Parameters and defaults as in upstream's documented signatures. */
const GROUPS = {
  setTraining: {
    learningRate: ["learning_rate", 5e-5],
    batchSize: ["per_device_train_batch_size", 8],
    weightDecay: ["weight_decay", 0],
    numEpochs: ["num_train_epochs", 3],
    maxSteps: ["max_steps", -1],
    gradientAccumulationSteps: ["gradient_accumulation_steps", 1],
    seed: ["seed", 42],
    gradientCheckpointing: ["gradient_checkpointing", false],
  },
  setEvaluate: {
    strategy: ["evaluation_strategy", "no"],
    steps: ["eval_steps", 500],
    batchSize: ["per_device_eval_batch_size", 8],
    accumulationSteps: ["eval_accumulation_steps", null],
    delay: ["eval_delay", null],
    lossOnly: ["prediction_loss_only", false],
    jitMode: ["jit_mode_eval", false],
  },
  setTesting: {
    batchSize: ["per_device_eval_batch_size", 8],
    lossOnly: ["prediction_loss_only", false],
    jitMode: ["jit_mode_eval", false],
  },
  setSave: {
    strategy: ["save_strategy", "steps"],
    steps: ["save_steps", 500],
    totalLimit: ["save_total_limit", null],
    onEachNode: ["save_on_each_node", false],
  },
  setLogging: {
    strategy: ["logging_strategy", "steps"],
    steps: ["logging_steps", 500],
    reportTo: ["report_to", "none"],
    level: ["log_level", "passive"],
    firstStep: ["logging_first_step", false],
    nanInfFilter: ["logging_nan_inf_filter", false],
    onEachNode: ["log_on_each_node", false],
    replicaLevel: ["log_level_replica", "passive"],
  },
  setPushToHub: {
    modelId: ["hub_model_id"],
    strategy: ["hub_strategy", "every_save"],
    token: ["hub_token", null],
    privateRepo: ["hub_private_repo", false],
    alwaysPush: ["hub_always_push", false],
  },
  setOptimizer: {
    name: ["optim", "adamw_torch"],
    learningRate: ["learning_rate", 5e-5],
    weightDecay: ["weight_decay", 0],
    beta1: ["adam_beta1", 0.9],
    beta2: ["adam_beta2", 0.999],
    epsilon: ["adam_epsilon", 1e-8],
    args: ["optim_args", null],
  },
  setLrScheduler: {
    name: ["lr_scheduler_type", "linear"],
    numEpochs: ["num_train_epochs", 3],
    maxSteps: ["max_steps", -1],
    warmupRatio: ["warmup_ratio", 0],
    warmupSteps: ["warmup_steps", 0],
  },
  setDataloader: {
    trainBatchSize: ["per_device_train_batch_size", 8],
    evalBatchSize: ["per_device_eval_batch_size", 8],
    dropLast: ["dataloader_drop_last", false],
    numWorkers: ["dataloader_num_workers", 0],
    pinMemory: ["dataloader_pin_memory", true],
    persistentWorkers: ["dataloader_persistent_workers", false],
    autoFindBatchSize: ["auto_find_batch_size", false],
    ignoreDataSkip: ["ignore_data_skip", false],
    samplerSeed: ["data_seed", null],
  },
} as const satisfies Record<string, Record<string, Parameter>>;

/** The name of a `set` method. */
export type ArgumentGroupName = keyof typeof GROUPS;

/** The names of the `set` methods. */
export const argumentGroupNames: readonly ArgumentGroupName[] = Object.keys(
  GROUPS,
) as ArgumentGroupName[];

/**
 * Turns what a `set` method is given into arguments.
 *
 * @param method which of the methods
 * @param options its parameters; those that are left out have upstream's defaults
 * @returns every argument of the group, by upstream name, unchecked
 * @throws {UsageError} if the options are no object, a parameter is unknown or missing, or steps that
 *   are to be positive are not
 */
export function argumentGroup(
  method: ArgumentGroupName,
  options: object,
): Partial<Record<ArgumentName, unknown>> {
  const parameters: Readonly<Record<string, Parameter>> = GROUPS[method];
  const given = namedOptions(method, options, Object.keys(parameters));
  const values: Partial<Record<ArgumentName, unknown>> = {};
  for (const [parameter, [name, unset]] of Object.entries(parameters)) {
    const value = given[parameter] === undefined ? unset : given[parameter];
    if (value === undefined) {
      throw new UsageError(`Cannot ${method}: ${parameter} is missing; give it`);
    }
    values[name] = value;
  }
  requirePositiveSteps(parameters, values);
  return { ...values, ...IMPLIED[method]?.(values) };
}

/** What else the methods set. */
const IMPLIED: Partial<
  Record<
    ArgumentGroupName,
    (values: Partial<Record<ArgumentName, unknown>>) => { [Name in ArgumentName]?: boolean }
  >
> = {
  setTraining: () => ({ do_train: true }),
  setEvaluate: ({ evaluation_strategy }) => ({ do_eval: evaluation_strategy !== "no" }),
  setTesting: () => ({ do_predict: true }),
  setPushToHub: () => ({ push_to_hub: true }),
};

function namedOptions(
  method: ArgumentGroupName,
  options: object,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new UsageError(
      `Cannot ${method}: found ${
        JSON.stringify(options) ?? typeof options
      }, wanted an object with ` +
        `any of ${known.join(", ")}`,
    );
  }
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    const guess = nearest(unknown, known);
    throw new UsageError(
      `Cannot ${method}: "${unknown}" is unknown; it takes ${known.join(", ")}` +
        (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  }
  return options as Record<string, unknown>;
}

/** Source: `set_evaluate`, `set_save` and `set_logging` of transformers, which let negative steps pass. */
function requirePositiveSteps(
  { strategy, steps }: Readonly<Record<string, Parameter>>,
  values: Partial<Record<ArgumentName, unknown>>,
): void {
  if (strategy === undefined || steps === undefined || values[strategy[0]] !== "steps") return;
  const value = values[steps[0]];
  if (typeof value !== "number" || value > 0) return;
  throw new UsageError(
    `Cannot set ${steps[0]} to ${
      shownArgument(steps[0], value)
    }: Setting \`strategy\` as 'steps' ` +
      "requires a positive value for `steps`.",
  );
}
