/**
 * What a learning-rate schedule is: a pure function from the number of finished optimizer steps to
 * the factor that multiplies the base learning rate.
 *
 * @module
 */

/**
 * The factor for the update that follows `step` finished updates: the first update of a run uses
 * `schedule(0)`.
 */
export type Schedule = (step: number) => number;

/** How long a run is, in optimizer steps. */
export interface ScheduleSpan {
  /** Updates W during which the factor rises from 0 to 1; 0 means none. */
  warmupSteps: number;
  /** Updates T of the whole run, the warmup among them. */
  totalSteps: number;
}

/**
 * Puts a linear warmup before a schedule: `step / warmupSteps` below `warmupSteps`, so that the
 * first update of a run with warmup has factor 0.
 *
 * @param warmupSteps length of the warmup in optimizer steps
 * @param after gives the factor from step `warmupSteps` on
 * @returns the two, joined
 */
export function withWarmup(warmupSteps: number, after: Schedule): Schedule {
  return (step) => step < warmupSteps ? step / warmupSteps : after(step);
}

/**
 * How much of the way from the end of the warmup to the end of the run is done: 0 at step W, 1 at
 * step T, above 1 later. A run that is all warmup counts as having one step after it.
 *
 * @param step finished optimizer steps, at least `warmupSteps`
 * @param span length of warmup and run
 * @returns `(step - W) / max(1, T - W)`
 */
export function progressAfterWarmup(step: number, span: ScheduleSpan): number {
  return (step - span.warmupSteps) / Math.max(1, span.totalSteps - span.warmupSteps);
}

/**
 * Waves between 1 and 0 that begin at 1: `(1 + cos(2π · numCycles · progress)) / 2`.
 *
 * @param progress how much of the way is done; 0 at its beginning, 1 at its end
 * @param numCycles waves over the whole way; 0.5 falls from 1 to 0 once
 * @returns the height of the wave
 */
export function cosineWave(progress: number, numCycles: number): number {
  return 0.5 * (1 + Math.cos(2 * Math.PI * numCycles * progress));
}

/**
 * Lifts what runs between 0 and 1 to what runs between a floor and 1: `max(0, height · (1 - floor)
 * + floor)`.
 *
 * @param height the height without a floor
 * @param floor where 0 comes to lie
 * @returns the height above the floor
 */
export function aboveFloor(height: number, floor: number): number {
  return Math.max(0, height * (1 - floor) + floor);
}
