/**
 * Decay along a cosine, restarted several times.
 *
 * @module
 */
import { progressAfterWarmup, type Schedule, type ScheduleSpan, withWarmup } from "./schedule.ts";

/** What {@linkcode cosineWithRestarts} reads. */
export interface CosineWithRestartsOptions extends ScheduleSpan {
  /** Falls from 1 to 0 between warmup and end, each with a hard restart; 1 by default. */
  numCycles?: number;
}

/**
 * After the warmup the factor follows `(1 + cos(π · (numCycles · p mod 1))) / 2`, where p is the
 * progress from the end of the warmup (0) to the end of the run (1); from the end on it is 0.
 *
 * Source: `get_cosine_with_hard_restarts_schedule_with_warmup` in `transformers/optimization.py`,
 * after I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2017.
 *
 * @param options length of warmup and run, and the number of falls
 * @returns the schedule
 */
export function cosineWithRestarts(
  { numCycles = 1, ...span }: CosineWithRestartsOptions,
): Schedule {
  return withWarmup(span.warmupSteps, (step) => {
    const progress = progressAfterWarmup(step, span);
    if (progress >= 1) return 0;
    return 0.5 * (1 + Math.cos(Math.PI * ((numCycles * progress) % 1)));
  });
}
