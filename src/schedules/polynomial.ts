/**
 * Decay by a power of the remaining way, down to a given learning rate.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { progressAfterWarmup, type Schedule, type ScheduleSpan, withWarmup } from "./schedule.ts";

/** What {@linkcode polynomial} reads. */
export interface PolynomialOptions extends ScheduleSpan {
  /** The base learning rate, which the factor will multiply. */
  learningRate: number;
  /** The learning rate at the end of the run and after it; 1e-7 by default. */
  lrEnd?: number;
  /** The exponent; 1 by default, a straight line. */
  power?: number;
}

/**
 * After the warmup the learning rate follows `(learningRate - lrEnd) · (1 - p)^power + lrEnd`,
 * where p is the progress from the end of the warmup (0) to the end of the run (1); the factor is
 * that over `learningRate`.
 *
 * Source: `get_polynomial_decay_schedule_with_warmup` in `transformers/optimization.py`.
 *
 * @param options length of warmup and run, the base and last learning rate, the exponent
 * @returns the schedule
 * @throws {UsageError} where `lrEnd` is not below `learningRate` or `power` is negative
 */
export function polynomial(
  { learningRate, lrEnd = 1e-7, power = 1, ...span }: PolynomialOptions,
): Schedule {
  if (!(lrEnd < learningRate)) {
    throw new UsageError(`lr_end (${lrEnd}) must be smaller than initial lr (${learningRate})`);
  }
  if (power < 0) {
    throw new UsageError(
      `Cannot create schedule "polynomial": power is ${power}; wanted a number of at least 0`,
    );
  }
  return withWarmup(span.warmupSteps, (step) => {
    if (step > span.totalSteps) return lrEnd / learningRate;
    const remaining = 1 - progressAfterWarmup(step, span);
    return ((learningRate - lrEnd) * remaining ** power + lrEnd) / learningRate;
  });
}
