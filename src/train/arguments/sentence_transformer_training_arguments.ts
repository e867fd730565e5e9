/**
 * The training arguments as users make and change them.
 *
 * @module
 */
import { argumentGroup } from "./argument_group.ts";
import type {
  SetDataloaderOptions,
  SetEvaluateOptions,
  SetLoggingOptions,
  SetLrSchedulerOptions,
  SetOptimizerOptions,
  SetPushToHubOptions,
  SetSaveOptions,
  SetTestingOptions,
  SetTrainingOptions,
} from "./argument_group_options.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { TrainingArguments, type TrainingArgumentsOptions } from "./training_arguments.ts";

/**
 * How to train: the arguments of the class of the same name upstream, as properties in camelCase
 * (`per_device_train_batch_size` is `perDeviceTrainBatchSize`). `docs/arguments.md` tells the range
 * and the default of each, and which values this version does not honour.
 *
 * What upstream derives from other arguments has been derived: the directory that `~` stands for in
 * `outputDir`; `doEval` and `evalSteps` from the strategies; `metricForBestModel` where the best
 * model is wanted, and `greaterIsBetter` from its name; `disableTqdm` from `logLevel`. Values under
 * older names, such as `noCuda`, have gone to those of today.
 *
 * Each `set` method replaces a group of arguments: a parameter that is left out takes its default
 * whatever was given before. All is then derived and checked anew from what was given, at once; upstream
 * does so only in the constructor. Where a method throws, nothing has changed.
 */
export class SentenceTransformerTrainingArguments extends TrainingArguments {
  /**
   * Reads arguments from a JSON configuration, or from what {@linkcode toJson} gave.
   *
   * @param json an object with values by name, in snake_case as upstream or in camelCase
   * @param options whether a value that is not honoured is an error
   * @returns the arguments
   * @throws {UsageError} as the constructor does, and if `json` is no object
   */
  static fromJson(
    json: unknown,
    options: TrainingArgumentsOptions = {},
  ): SentenceTransformerTrainingArguments {
    return new SentenceTransformerTrainingArguments(json as Partial<ArgumentValues>, options);
  }

  /**
   * Replaces the arguments of training, and sets `doTrain`.
   *
   * @param options upstream's parameters
   * @returns this
   */
  setTraining(options: SetTrainingOptions = {}): this {
    return this.replace(argumentGroup("setTraining", options));
  }

  /**
   * Replaces the arguments of evaluation, and sets `doEval` unless the strategy is "no".
   *
   * Upstream a `delay` that is left out becomes null, which fails at the first evaluation; here it means
   * 0. Upstream `lossOnly` replaces the true that `prediction_loss_only` always has otherwise; here it
   * changes nothing.
   *
   * @param options upstream's parameters
   * @returns this
   * @throws {UsageError} with the strategy "steps" also if `steps` is not above 0
   */
  setEvaluate(options: SetEvaluateOptions = {}): this {
    return this.replace(argumentGroup("setEvaluate", options));
  }

  /**
   * Replaces the arguments of a run on the test set, and sets `doPredict`.
   *
   * @param options upstream's parameters
   * @returns this
   */
  setTesting(options: SetTestingOptions = {}): this {
    return this.replace(argumentGroup("setTesting", options));
  }

  /**
   * Replaces the arguments of checkpoints.
   *
   * @param options upstream's parameters
   * @returns this
   * @throws {UsageError} with the strategy "steps" also if `steps` is not above 0
   */
  setSave(options: SetSaveOptions = {}): this {
    return this.replace(argumentGroup("setSave", options));
  }

  /**
   * Replaces the arguments of logging.
   *
   * Defaults are those of upstream's signature. Its text differs from it: there `reportTo` is "all",
   * `nanInfFilter` and `onEachNode` are true. The text also says that `firstStep` evaluates; it logs
   * alone.
   *
   * @param options upstream's parameters
   * @returns this
   * @throws {UsageError} with the strategy "steps" also if `steps` is not above 0
   */
  setLogging(options: SetLoggingOptions = {}): this {
    return this.replace(argumentGroup("setLogging", options));
  }

  /**
   * Replaces the arguments of uploads to a hub, and sets `pushToHub`.
   *
   * @param options upstream's parameters
   * @returns this
   */
  setPushToHub(options: SetPushToHubOptions): this {
    return this.replace(argumentGroup("setPushToHub", options));
  }

  /**
   * Replaces the arguments of the optimizer, the learning rate among them.
   *
   * @param options upstream's parameters
   * @returns this
   */
  setOptimizer(options: SetOptimizerOptions = {}): this {
    return this.replace(argumentGroup("setOptimizer", options));
  }

  /**
   * Replaces the arguments of the schedule, and, as upstream, also the length of the run;
   * `lrSchedulerKwargs` stays.
   *
   * @param options upstream's parameters
   * @returns this
   */
  setLrScheduler(options: SetLrSchedulerOptions = {}): this {
    return this.replace(argumentGroup("setLrScheduler", options));
  }

  /**
   * Replaces the arguments of batches, `dataSeed` by `samplerSeed`.
   *
   * @param options upstream's parameters
   * @returns this
   */
  setDataloader(options: SetDataloaderOptions = {}): this {
    return this.replace(argumentGroup("setDataloader", options));
  }
}
