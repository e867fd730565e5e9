/**
 * Decay along a cosine, down to a floor.
 *
 * @module
 */
import { type MinLrOptions, minLrRate } from "./min_lr_rate.ts";
import {
  aboveFloor,
  cosineWave,
  progressAfterWarmup,
  type Schedule,
  type ScheduleSpan,
  withWarmup,
} from "./schedule.ts";

/** What {@linkcode cosineWithMinLr} reads. */
export interface CosineWithMinLrOptions extends ScheduleSpan, MinLrOptions {
  /** Waves between warmup and end; the default of 0.5 falls from 1 to the floor once. */
  numCycles?: number;
}

/**
 * After the warmup, which rises from 0, the factor follows
 * `max(0, (1 - r) · (1 + cos(2π · numCycles · p)) / 2 + r)`, where p is the progress from the end of
 * the warmup (0) to the end of the run (1) and r the floor: `minLrRate`, or `minLr / learningRate`.
 *
 * Source: `get_cosine_with_min_lr_schedule_with_warmup` in `transformers/optimization.py`.
 *
 * @param options length of warmup and run, the floor, and the number of waves
 * @returns the schedule
 * @throws {UsageError} where not exactly one of `minLr` and `minLrRate` is given
 */
export function cosineWithMinLr(
  { numCycles = 0.5, ...options }: CosineWithMinLrOptions,
): Schedule {
  const floor = minLrRate("cosine_with_min_lr", options);
  return withWarmup(
    options.warmupSteps,
    (step) => aboveFloor(cosineWave(progressAfterWarmup(step, options), numCycles), floor),
  );
}
