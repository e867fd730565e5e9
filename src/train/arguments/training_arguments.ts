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
import { ALONE, mainProcessFirst, type ProcessPlace } from "./process_place.ts";
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
  #place: ProcessPlace = ALONE;

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

  /** The number of processes; 1 until a trainer is given a communicator. */
  get worldSize(): number {
    return this.#place.size;
  }

  /** The number of this process. */
  get processIndex(): number {
    return this.#place.rank;
  }

  /** The number of this process on its machine. */
  get localProcessIndex(): number {
    return this.#place.localRank;
  }

  /** How processes work together. */
  get parallelMode(): "not_parallel" | "distributed" {
    return this.worldSize === 1 ? "not_parallel" : "distributed";
  }

  /** Whether this process logs: the first, or with `logOnEachNode` the first of each machine. */
  get shouldLog(): boolean {
    return (this.logOnEachNode ? this.localProcessIndex : this.processIndex) === 0;
  }

  /** Whether this process saves: the first, or with `saveOnEachNode` the first of each machine. */
  get shouldSave(): boolean {
    return this.processIndex === 0 || (this.saveOnEachNode && this.localProcessIndex === 0);
  }

  /**
   * Tells which of several processes this is; the trainer does so.
   *
   * @param place the processes
   */
  takePlace(place: ProcessPlace): void {
    this.#place = place;
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

  /**
   * The number of `logLevel` in Python, from 10 for "debug" to 50 for "critical"; 30 for "passive". Where
   * this process does not log, that of `logLevelReplica`.
   */
  getProcessLogLevel(): number {
    return LEVELS[(this.shouldLog ? this.logLevel : this.logLevelReplica) ?? "passive"];
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
   * Does what one process is to do before the others, which then do it too: to fill a cache, say.
   *
   * @param work what to do
   * @param options whether the first process of each machine goes first (default) or only the first of
   *   all; `desc` is upstream's, for messages, and has no effect
   * @returns what `work` returns; with several processes a promise of it
   */
  mainProcessFirst<T>(
    work: () => T,
    { local = true }: { local?: boolean; desc?: string } = {},
  ): T | Promise<Awaited<T>> {
    return mainProcessFirst(this.#place, work, { local });
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
