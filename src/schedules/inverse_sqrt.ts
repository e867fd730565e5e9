/**
 * Decay by the inverse square root of the step.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { type Schedule, type ScheduleSpan, withWarmup } from "./schedule.ts";

/** What {@linkcode inverseSqrt} reads. */
export interface InverseSqrtOptions extends Pick<ScheduleSpan, "warmupSteps"> {
  /** Steps after which the factor has fallen to 1/√2; the warmup's length, or else 10,000. */
  timescale?: number;
}

/**
 * After the warmup the factor follows `1 / √((step - W + timescale) / timescale)`, which depends
 * on no length of the run.
 *
 * Source: `get_inverse_sqrt_schedule` in `transformers/optimization.py`.
 *
 * @param options length of the warmup, and the time scale
 * @returns the schedule
 * @throws {UsageError} where `timescale` is not above 0
 */
export function inverseSqrt(
  { warmupSteps, timescale = warmupSteps || 10_000 }: InverseSqrtOptions,
): Schedule {
  if (!(timescale > 0)) {
    throw new UsageError(
      `Cannot create schedule "inverse_sqrt": timescale is ${timescale}; wanted a number above 0`,
    );
  }
  return withWarmup(
    warmupSteps,
    (step) => 1 / Math.sqrt((step - warmupSteps + timescale) / timescale),
  );
}
