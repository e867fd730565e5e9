/**
 * The learning-rate schedules by their upstream names, as `lr_scheduler_type` gives them.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { constant } from "./constant.ts";
import { constantWithWarmup } from "./constant_with_warmup.ts";
import { cosine } from "./cosine.ts";
import { cosineWarmupWithMinLr } from "./cosine_warmup_with_min_lr.ts";
import { cosineWithMinLr } from "./cosine_with_min_lr.ts";
import { cosineWithRestarts } from "./cosine_with_restarts.ts";
import { Greedy, type GreedyOptions } from "./greedy.ts";
import { inverseSqrt } from "./inverse_sqrt.ts";
import { linear } from "./linear.ts";
import { polynomial } from "./polynomial.ts";
import { type KwargsSpec, type KwargType, readKwargs, type Settings } from "./read_kwargs.ts";
import { ReduceLrOnPlateau, type ReduceLrOnPlateauOptions } from "./reduce_lr_on_plateau.ts";
import { followSteps, type RunSchedule } from "./run_schedule.ts";
import type { Schedule, ScheduleSpan } from "./schedule.ts";
import { warmupStableDecay } from "./warmup_stable_decay.ts";
import { listed, suggested } from "./wording.ts";

/** How {@linkcode createSchedule} makes one schedule, and the keyword arguments that it takes. */
export interface ScheduleEntry extends KwargsSpec {
  /** Makes the schedule; keyword arguments arrive under their names in camelCase. */
  create: (options: ScheduleSpan & { learningRate: number }, settings: Settings) => RunSchedule;
}

const metricKwargs = {
  mode: "string",
  factor: "number",
  patience: "integer",
  threshold: "number",
  threshold_mode: "string",
  cooldown: "integer",
  min_lr: "number",
  eps: "number",
} as const;
const minLrKwargs = { num_cycles: "number", min_lr: "number", min_lr_rate: "number" } as const;

/** Every schedule; a new one is added here. */
export const schedules = {
  linear: entry(linear) as ScheduleEntry,
  cosine: entry(cosine, { num_cycles: "number" }) as ScheduleEntry,
  cosine_with_restarts: entry(cosineWithRestarts, { num_cycles: "number" }) as ScheduleEntry,
  polynomial: entry(polynomial, { lr_end: "number", power: "number" }) as ScheduleEntry,
  constant: entry(constant) as ScheduleEntry,
  constant_with_warmup: entry(constantWithWarmup) as ScheduleEntry,
  inverse_sqrt: entry(inverseSqrt, { timescale: "number" }) as ScheduleEntry,
  reduce_lr_on_plateau: entry(
    (options: ReduceLrOnPlateauOptions) => new ReduceLrOnPlateau(options),
    metricKwargs,
  ) as ScheduleEntry,
  cosine_with_min_lr: entry(cosineWithMinLr, minLrKwargs) as ScheduleEntry,
  cosine_warmup_with_min_lr: entry(
    cosineWarmupWithMinLr,
    { ...minLrKwargs, warmup_lr_rate: "number" },
  ) as ScheduleEntry,
  warmup_stable_decay: entry(warmupStableDecay, {
    num_decay_steps: "integer",
    num_stable_steps: "integer",
    warmup_type: "string",
    decay_type: "string",
    min_lr_ratio: "number",
    num_cycles: "number",
  }, ["num_decay_steps"]) as ScheduleEntry,
  greedy: entry((options: GreedyOptions) => new Greedy(options), {
    ...metricKwargs,
    warmup: "integer",
    max_lr: "number",
    verbose: "boolean",
    smooth: "boolean",
    window_size: "integer",
    reset_start: "integer",
  }) as ScheduleEntry,
};

/** The upstream name of a schedule. */
export type ScheduleName = keyof typeof schedules;

/** The names of all schedules. */
export const scheduleNames: readonly ScheduleName[] = Object.keys(schedules) as ScheduleName[];

/** What {@linkcode createSchedule} reads. */
export interface ScheduleOptions extends ScheduleSpan {
  /** The base learning rate, which the factor will multiply. */
  learningRate: number;
  /** The schedule's own settings, as in `lr_scheduler_kwargs`; `null` stands for the default. */
  kwargs?: Readonly<Record<string, unknown>>;
}

/**
 * Makes a schedule by name.
 *
 * @param name one of {@linkcode scheduleNames}
 * @param options lengths in optimizer steps, base learning rate, the schedule's own settings
 * @returns the schedule, at the beginning of a run
 * @throws {UsageError} for an unknown name, or a keyword argument that is unknown, missing, of
 *   another type or out of range
 * @throws {RangeError} for a length that is not a whole number of steps
 */
export function createSchedule(
  name: string,
  { warmupSteps, totalSteps, learningRate, kwargs = {} }: ScheduleOptions,
): RunSchedule {
  requireSteps("warmupSteps", warmupSteps);
  requireSteps("totalSteps", totalSteps);
  if (!Object.hasOwn(schedules, name)) {
    throw new UsageError(
      `Cannot create schedule "${name}": known are ${listed(scheduleNames)}` +
        suggested(name, scheduleNames),
    );
  }
  const found = schedules[name as ScheduleName];
  const settings = readKwargs(name, kwargs, found);
  return found.create({ warmupSteps, totalSteps, learningRate }, settings);
}

function entry<Options extends object>(
  make: (options: Options) => Schedule | RunSchedule,
  kwargs: Readonly<Record<string, KwargType>> = {},
  required: readonly string[] = [],
): ScheduleEntry {
  return {
    kwargs,
    required,
    create(options, settings) {
      const schedule = make({ ...settings, ...options } as unknown as Options);
      return typeof schedule === "function" ? followSteps(schedule) : schedule;
    },
  };
}

function requireSteps(name: string, steps: number): void {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`Cannot create a schedule: ${name} is ${steps}; wanted an integer from 0`);
  }
}
