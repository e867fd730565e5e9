/**
 * Linear decay to zero.
 *
 * @module
 */
import { type Schedule, type ScheduleSpan, withWarmup } from "./schedule.ts";

/**
 * After the warmup the factor falls in a straight line from 1 to 0 at the end of the run and stays
 * there: `max(0, (T - step) / max(1, T - W))`.
 *
 * Source: `get_linear_schedule_with_warmup` in `transformers/optimization.py`.
 *
 * @param span length of warmup and run
 * @returns the schedule
 */
export function linear(span: ScheduleSpan): Schedule {
  const decaySteps = Math.max(1, span.totalSteps - span.warmupSteps);
  return withWarmup(
    span.warmupSteps,
    (step) => Math.max(0, (span.totalSteps - step) / decaySteps),
  );
}
