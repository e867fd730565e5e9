/**
 * Decay along a cosine.
 *
 * @module
 */
import {
  cosineWave,
  progressAfterWarmup,
  type Schedule,
  type ScheduleSpan,
  withWarmup,
} from "./schedule.ts";

/** What {@linkcode cosine} reads. */
export interface CosineOptions extends ScheduleSpan {
  /** Waves between warmup and end; the default of 0.5 falls from 1 to 0 once. */
  numCycles?: number;
}

/**
 * After the warmup the factor follows `max(0, (1 + cos(2π · numCycles · p)) / 2)`, where p is the
 * progress from the end of the warmup (0) to the end of the run (1).
 *
 * Source: `get_cosine_schedule_with_warmup` in `transformers/optimization.py`, after
 * I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
 *
 * @param options length of warmup and run, and the number of waves
 * @returns the schedule
 */
export function cosine({ numCycles = 0.5, ...span }: CosineOptions): Schedule {
  return withWarmup(
    span.warmupSteps,
    (step) => Math.max(0, cosineWave(progressAfterWarmup(step, span), numCycles)),
  );
}
