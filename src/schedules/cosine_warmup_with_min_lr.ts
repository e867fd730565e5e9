/**
 * Decay along a cosine, down to a floor, after a warmup that begins above zero.
 *
 * @module
 */
import type { CosineWithMinLrOptions } from "./cosine_with_min_lr.ts";
import { minLrRate } from "./min_lr_rate.ts";
import { aboveFloor, cosineWave, type Schedule } from "./schedule.ts";

/** What {@linkcode cosineWarmupWithMinLr} reads. */
export interface CosineWarmupWithMinLrOptions extends CosineWithMinLrOptions {
  /** Factor of the first step of the warmup; by default that of one step of `warmupSteps`. */
  warmupLrRate?: number;
}

/**
 * During the warmup of W steps the factor is `(step + 1) / W`, or with a `warmupLrRate` w
 * `w + (1 - w) · step / max(1, W - 1)`, so that both reach 1 at its last step. Then it follows
 * `max(0, (1 - r) · (1 + cos(2π · numCycles · p)) / 2 + r)` with `p = (step + 1 - W) / max(1, T - W)`
 * and the floor r: `minLrRate`, or `minLr / learningRate`. All of this is one step ahead of
 * `cosine_with_min_lr`: the last step of the run, T - 1, has the factor r.
 *
 * Source: `get_cosine_with_min_lr_schedule_with_warmup_lr_rate` in `transformers/optimization.py`.
 *
 * @param options length of warmup and run, the floor, the number of waves, where the warmup begins
 * @returns the schedule
 * @throws {UsageError} where not exactly one of `minLr` and `minLrRate` is given
 */
export function cosineWarmupWithMinLr(
  { numCycles = 0.5, warmupLrRate, ...options }: CosineWarmupWithMinLrOptions,
): Schedule {
  const { warmupSteps, totalSteps } = options;
  const floor = minLrRate("cosine_warmup_with_min_lr", options);
  const decaySteps = Math.max(1, totalSteps - warmupSteps);
  return (step) => {
    if (step >= warmupSteps) {
      return aboveFloor(cosineWave((step + 1 - warmupSteps) / decaySteps, numCycles), floor);
    }
    if (warmupLrRate === undefined) return (step + 1) / warmupSteps;
    return warmupLrRate + (1 - warmupLrRate) * step / Math.max(1, warmupSteps - 1);
  };
}
