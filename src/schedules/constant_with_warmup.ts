/**
 * A warmup and nothing after it.
 *
 * @module
 */
import { type Schedule, type ScheduleSpan, withWarmup } from "./schedule.ts";

/**
 * After the warmup the factor is 1 at every step.
 *
 * Source: `get_constant_schedule_with_warmup` in `transformers/optimization.py`.
 *
 * @param span length of the warmup; that of the run is not read
 * @returns the schedule
 */
export function constantWithWarmup(span: Pick<ScheduleSpan, "warmupSteps">): Schedule {
  return withWarmup(span.warmupSteps, () => 1);
}
