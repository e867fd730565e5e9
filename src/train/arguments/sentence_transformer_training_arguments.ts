/**
 * The training arguments as one object: complete, checked, read-only.
 *
 * @module
 */
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { sameValue } from "./check_argument.ts";
import { argumentNames } from "./fields.ts";
import { readArguments } from "./read_arguments.ts";
import { settleArguments } from "./settle_arguments.ts";

/** The value of every argument, under its upstream name in camelCase. */
export interface SentenceTransformerTrainingArguments extends Readonly<ArgumentValues> {}

/**
 * How to train: the arguments of the class of the same name upstream, as properties in camelCase
 * (`per_device_train_batch_size` is `perDeviceTrainBatchSize`). The help of the command line tells
 * the range and the default of each, and which values this version does not honour.
 *
 * What upstream derives from other arguments has been derived: the directory that `~` stands for in
 * `outputDir`; `doEval` and `evalSteps` from the strategies; `metricForBestModel` where the best
 * model is wanted, and `greaterIsBetter` from its name; `disableTqdm` from `logLevel`. Values under
 * older names, such as `noCuda`, have gone to those of today.
 */
export class SentenceTransformerTrainingArguments {
  /**
   * Checks and completes the arguments.
   *
   * @param values the arguments that differ from their defaults, by property name
   * @throws {UsageError} if a name is unknown, or a value has the wrong type, is out of range, is
   *   not honoured by this version, or does not go with another one
   */
  constructor(values: Partial<ArgumentValues> = {}) {
    Object.assign(this, settleArguments(readArguments(values)));
    Object.freeze(this);
  }

  /**
   * Reads arguments from a JSON configuration, or from what {@linkcode toJson} gave.
   *
   * @param json an object with values by name, in snake_case as upstream or in camelCase
   * @returns the arguments
   * @throws {UsageError} as the constructor does, and if `json` is no object
   */
  static fromJson(json: unknown): SentenceTransformerTrainingArguments {
    return new SentenceTransformerTrainingArguments(readArguments(json));
  }

  /** Rows in one training batch, over all devices: there is one. */
  get trainBatchSize(): number {
    return this.perDeviceTrainBatchSize;
  }

  /** Rows in one evaluation batch, over all devices: there is one. */
  get evalBatchSize(): number {
    return this.perDeviceEvalBatchSize;
  }

  /**
   * The length of the rise of the learning rate from 0.
   *
   * @param trainingSteps optimizer steps of the whole run
   * @returns `warmup_steps` where above 0, else the share `warmup_ratio` of all steps, rounded up
   */
  getWarmupSteps(trainingSteps: number): number {
    return this.warmupSteps > 0 ? this.warmupSteps : Math.ceil(trainingSteps * this.warmupRatio);
  }

  /**
   * The values of all arguments, as `training_args.json` of a checkpoint holds them.
   *
   * @returns values by upstream name
   */
  toJson(): Record<string, unknown> {
    return Object.fromEntries(argumentNames.map((name) => [name, this[camelCase(name)]]));
  }

  /**
   * The values that differ from those of arguments that nothing was given to, as a model card lists
   * them.
   *
   * @returns values by upstream name
   */
  nonDefaults(): Record<string, unknown> {
    const defaults = new SentenceTransformerTrainingArguments().toJson();
    return Object.fromEntries(
      Object.entries(this.toJson()).filter(([name, value]) => !sameValue(value, defaults[name])),
    );
  }
}
