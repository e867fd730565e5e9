/**
 * The training arguments as one object: complete, checked, changed by its methods alone.
 *
 * @module
 */
import { argumentLines, frozenCopy, sanitized, withoutTokens } from "./argument_texts.ts";
import type { ArgumentValues } from "./argument_values.ts";
import { camelCase } from "./camel_case.ts";
import { hiddenToken, sameValue } from "./check_argument.ts";
import { argumentFields, type ArgumentName, argumentNames } from "./fields.ts";
import type { LogLevel } from "./fields/logging.ts";
import { readArguments } from "./read_arguments.ts";
import { settleArguments } from "./settle_arguments.ts";
import { upstreamOrder } from "./upstream_order.ts";

/** How {@linkcode TrainingArguments} are read. */
export interface TrainingArgumentsOptions {
  /**
   * Whether a value that this version does not honour gives way to the default with a warning, and
   * an argument that only later versions of the original have is ignored with one, so that a
   * configuration written for the original runs unchanged; false by default, for an error.
   */
  lenient?: boolean;
}

/** The numbers of log levels in Python; "passive" leaves it at that of warnings. */
const LEVELS: Readonly<Record<LogLevel, number>> = {
  debug: 10,
  info: 20,
  warning: 30,
  error: 40,
  critical: 50,
  passive: 30,
};

/** The value of every argument, under its upstream name in camelCase. */
export interface TrainingArguments extends Readonly<ArgumentValues> {}

/**
 * What training arguments are and tell; {@linkcode SentenceTransformerTrainingArguments} adds the
 * methods that change them.
 */
export class TrainingArguments {
  readonly #lenient: boolean;
  #given: Partial<ArgumentValues> = {};
  #settled!: ArgumentValues;
  /** Warnings about values that were not honoured when they were given. */
  #refusals: ReadonlyMap<string, string> = new Map();
  #warnings: readonly string[] = [];

  /**
   * Checks and completes the arguments.
   *
   * @param values the arguments that differ from their defaults, by property name
   * @param options whether a value that is not honoured is an error
   * @throws {UsageError} if a name is unknown, or known to later versions upstream alone, or a value
   *   has the wrong type, is out of range, is not honoured by this version, or does not go with another
   *   one
   */
  constructor(values: Partial<ArgumentValues> = {}, options: TrainingArgumentsOptions = {}) {
    this.#lenient = options.lenient ?? false;
    this.replace(values);
    for (const property of argumentNames.map(camelCase)) {
      const get = () => this.#settled[property];
      Object.defineProperty(this, property, { enumerable: true, get });
    }
    Object.freeze(this);
  }

  /** What the user should know: older names, values not honoured, values that others override. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** The kind of device: "cpu", a software adapter, with `useCpu`. */
  get device(): "webgpu" | "cpu" {
    return this.useCpu ? "cpu" : "webgpu";
  }

  /** The number of GPUs: 0 with `useCpu`, else 1. */
  get nGpu(): number {
    return this.useCpu ? 0 : 1;
  }

  /** The number of processes. */
  get worldSize(): number {
    return 1;
  }

  /** The number of this process. */
  get processIndex(): number {
    return 0;
  }

  /** The number of this process on its machine. */
  get localProcessIndex(): number {
    return 0;
  }

  /** How devices work together: there is one. */
  get parallelMode(): "not_parallel" {
    return "not_parallel";
  }

  /** Whether this process logs. */
  get shouldLog(): boolean {
    return true;
  }

  /** Whether this process saves. */
  get shouldSave(): boolean {
    return true;
  }

  /** Whether the trainer puts the model on the device. */
  get placeModelOnDevice(): boolean {
    return true;
  }

  /** `ddpTimeout` in milliseconds; upstream gives a `timedelta`. */
  get ddpTimeoutDelta(): number {
    return (this.ddpTimeout ?? 0) * 1000;
  }

  /** Rows in one training batch, over all devices: there is one. */
  get trainBatchSize(): number {
    return this.perDeviceTrainBatchSize;
  }

  /** Rows in one evaluation batch, over all devices: there is one. */
  get evalBatchSize(): number {
    return this.perDeviceEvalBatchSize;
  }

  /** The number of `logLevel` in Python, from 10 for "debug" to 50 for "critical"; 30 for "passive". */
  getProcessLogLevel(): number {
    return LEVELS[this.logLevel ?? "passive"];
  }

  /**
   * The length of the rise of the learning rate from 0.
   *
   * @param trainingSteps optimizer steps of the whole run
   * @returns `warmup_steps` where above 0, else `warmup_ratio`; shares of all steps are rounded up
   */
  getWarmupSteps(trainingSteps: number): number {
    const { warmupSteps, warmupRatio } = this;
    return warmupSteps >= 1 ? warmupSteps : Math.ceil(trainingSteps * (warmupSteps || warmupRatio));
  }

  /**
   * Runs what one process is to do before the others: there is one.
   *
   * @param work what to do
   * @param _options upstream's parameters, of no effect with one process
   * @returns what `work` returns
   */
  mainProcessFirst<T>(work: () => T, _options: { local?: boolean; desc?: string } = {}): T {
    return work();
  }

  /**
   * Checks again, as a whole, what was given; the trainer does so before training.
   *
   * @throws {UsageError} as the constructor does
   */
  check(): void {
    const leniency = { lenient: this.#lenient };
    settleArguments(readArguments(this.#given, leniency), leniency);
  }

  /**
   * The values of all arguments, as `training_args.json` of a checkpoint holds them.
   *
   * @returns values by upstream name, in upstream's order; a token that is set is hidden
   */
  toJson(): Record<string, unknown> {
    return Object.fromEntries(upstreamOrder.map((name) => {
      const value = this[camelCase(name)];
      return [name, value !== null && name.endsWith("_token") ? hiddenToken(name) : value];
    }));
  }

  /** What `JSON.stringify` writes: {@linkcode toJson}. */
  toJSON(): Record<string, unknown> {
    return this.toJson();
  }

  /**
   * The values of all arguments, as upstream gives them.
   *
   * @returns values by upstream name, in upstream's order; tokens are hidden, also those that are not
   *   set
   */
  toDict(): Record<string, unknown> {
    return withoutTokens(this.toJson());
  }

  /** {@linkcode toDict} as JSON, indented by 2. */
  toJsonString(): string {
    return JSON.stringify(this.toDict(), null, 2);
  }

  /**
   * The values for services that take no lists, objects and nulls: those become texts.
   *
   * @returns values by upstream name, tokens hidden, `train_batch_size` and `eval_batch_size` at the end
   */
  toSanitizedDict(): Record<string, boolean | number | string> {
    const { trainBatchSize: train_batch_size, evalBatchSize: eval_batch_size } = this;
    return sanitized({ ...this.toDict(), train_batch_size, eval_batch_size });
  }

  /** A line an argument, in the order of their names; tokens are hidden. */
  toString(): string {
    return argumentLines(this.constructor.name, this.toDict());
  }

  /**
   * The values that differ from those of arguments that nothing was given to, as a model card lists
   * them.
   *
   * @returns values by upstream name
   */
  nonDefaults(): Record<string, unknown> {
    const defaults = new TrainingArguments().toJson();
    return Object.fromEntries(
      Object.entries(this.toJson()).filter(([name, value]) => !sameValue(value, defaults[name])),
    );
  }

  /** What the console shows: {@linkcode toString}, as tokens must not be seen there. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }

  /**
   * Replaces some arguments by others, and completes and checks all; nothing changes where that fails.
   * What was given under an older name of one of them is forgotten.
   *
   * @param source values by name, in snake_case as upstream or in camelCase
   * @returns this
   * @throws {UsageError} as the constructor does
   */
  protected replace(source: object): this {
    const lenient = this.#lenient;
    const refused = new Map<string, string>();
    const read = readArguments(source, {
      lenient,
      warn: (warning, name) => refused.set(name, warning),
    });
    const given: Partial<ArgumentValues> = { ...this.#given };
    const refusals = new Map(this.#refusals);
    for (const [name, { support }] of argumentFields) {
      const today = support.kind === "alias" ? support.of as ArgumentName : name;
      if (read[camelCase(name)] === undefined && read[camelCase(today)] === undefined) continue;
      delete given[camelCase(name)];
      refusals.delete(name);
    }
    Object.assign(given, frozenCopy(read));
    for (const [name, warning] of refused) refusals.set(name, warning);
    const warnings = [...refusals.values()];
    const warn = (warning: string) => warnings.push(warning);
    this.#settled = frozenCopy(settleArguments(given, { lenient, warn }));
    this.#given = given;
    this.#refusals = refusals;
    this.#warnings = Object.freeze(warnings);
    return this;
  }
}
