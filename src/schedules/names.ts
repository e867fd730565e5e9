/**
 * The learning-rate schedules by their upstream names, as `lr_scheduler_type` gives them.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { constant } from "./constant.ts";
import { constantWithWarmup } from "./constant_with_warmup.ts";
import { cosine } from "./cosine.ts";
import { cosineWithRestarts } from "./cosine_with_restarts.ts";
import { inverseSqrt } from "./inverse_sqrt.ts";
import { linear } from "./linear.ts";
import { polynomial } from "./polynomial.ts";
import type { Schedule, ScheduleSpan } from "./schedule.ts";

/** How {@linkcode createSchedule} makes one schedule. */
export interface ScheduleEntry {
  /** Makes the schedule; keyword arguments arrive under their names in camelCase. */
  create: (options: ScheduleSpan & { learningRate: number } & Record<string, number>) => Schedule;
  /** The keyword arguments, by upstream name. */
  kwargs: readonly string[];
}

/** Every schedule; a new one is added here. */
export const schedules = {
  linear: { create: linear, kwargs: [] } as ScheduleEntry,
  cosine: { create: cosine, kwargs: ["num_cycles"] } as ScheduleEntry,
  cosine_with_restarts: { create: cosineWithRestarts, kwargs: ["num_cycles"] } as ScheduleEntry,
  polynomial: { create: polynomial, kwargs: ["lr_end", "power"] } as ScheduleEntry,
  constant: { create: constant, kwargs: [] } as ScheduleEntry,
  constant_with_warmup: { create: constantWithWarmup, kwargs: [] } as ScheduleEntry,
  inverse_sqrt: { create: inverseSqrt, kwargs: ["timescale"] } as ScheduleEntry,
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
 * @returns the schedule
 * @throws {UsageError} for an unknown name, an unknown keyword argument, or one that is no finite
 *   number
 * @throws {RangeError} for a length that is not a whole number of steps
 */
export function createSchedule(
  name: string,
  { warmupSteps, totalSteps, learningRate, kwargs = {} }: ScheduleOptions,
): Schedule {
  requireSteps("warmupSteps", warmupSteps);
  requireSteps("totalSteps", totalSteps);
  if (!Object.hasOwn(schedules, name)) {
    throw new UsageError(
      `Cannot create schedule "${name}": known are ${listed(scheduleNames)}` +
        suggested(name, scheduleNames),
    );
  }
  const settings = settingsFrom(name as ScheduleName, kwargs);
  return schedules[name as ScheduleName].create({
    ...settings,
    warmupSteps,
    totalSteps,
    learningRate,
  });
}

function settingsFrom(
  name: ScheduleName,
  kwargs: Readonly<Record<string, unknown>>,
): Record<string, number> {
  const known = schedules[name].kwargs;
  const settings: Record<string, number> = {};
  for (const [key, value] of Object.entries(kwargs)) {
    if (!known.includes(key)) {
      throw new UsageError(
        `Cannot create schedule "${name}": keyword argument "${key}" is unknown; it takes ` +
          (listed(known) || "none") + suggested(key, known),
      );
    }
    if (value === null) continue;
    if (typeof value !== "number" || !Number.isFinite(value)) {
      const found = typeof value === "number" ? value : JSON.stringify(value);
      throw new UsageError(
        `Cannot create schedule "${name}": ${key} is ${found}; wanted a finite number`,
      );
    }
    settings[camelCase(key)] = value;
  }
  return settings;
}

function requireSteps(name: string, steps: number): void {
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`Cannot create a schedule: ${name} is ${steps}; wanted an integer from 0`);
  }
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function suggested(name: string, known: readonly string[]): string {
  const suggestion = nearest(name, known);
  return suggestion === null ? "" : `; the nearest is "${suggestion}"`;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
