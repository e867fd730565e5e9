/**
 * The floor of the schedules that end above zero.
 *
 * @module
 */
import { UsageError } from "../errors.ts";

/** A floor as a learning rate or as a share of the base learning rate: one of the two. */
export interface MinLrOptions {
  /** The base learning rate, which the factor will multiply. */
  learningRate: number;
  /** The floor as a learning rate. */
  minLr?: number;
  /** The floor as a share of the base learning rate. */
  minLrRate?: number;
}

/**
 * Finds the floor of a schedule as a share of the base learning rate.
 *
 * @param name the schedule, for errors
 * @param options the base learning rate and one of the two floors
 * @returns the floor, as a factor
 * @throws {UsageError} where none or both are given, or `minLr` has no base learning rate to be a
 *   share of
 */
export function minLrRate(name: string, options: MinLrOptions): number {
  const { learningRate, minLr, minLrRate } = options;
  if (minLr !== undefined && minLrRate !== undefined) {
    throw new UsageError(
      `Cannot create schedule "${name}": found min_lr ${minLr} and min_lr_rate ${minLrRate}. ` +
        "Only one of min_lr or min_lr_rate should be set",
    );
  }
  if (minLrRate !== undefined) return minLrRate;
  if (minLr === undefined) {
    throw new UsageError(
      `Cannot create schedule "${name}": found neither min_lr nor min_lr_rate. ` +
        "One of min_lr or min_lr_rate should be set through the `lr_scheduler_kwargs`",
    );
  }
  if (learningRate === 0) {
    throw new UsageError(
      `Cannot create schedule "${name}": min_lr is ${minLr} and the learning rate 0, of which it ` +
        "is no share; set min_lr_rate instead",
    );
  }
  return minLr / learningRate;
}
