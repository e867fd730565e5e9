/**
 * When a metric counts as better than the best one before it.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { suggested } from "./wording.ts";

/** Which way is better, and by how much it must be. */
export interface ImprovementOptions {
  /** `"min"`: less is better, the default; `"max"`: more is. No schedule finds it out itself. */
  mode?: "min" | "max";
  /** By how much a metric must be better to count. */
  threshold?: number;
  /** `"rel"`: the threshold is a share of the best metric; `"abs"`: a difference from it. */
  thresholdMode?: "rel" | "abs";
}

/** A test of metrics against the best one. */
export interface Improvement {
  /** What every number is better than. */
  readonly worst: number;
  /**
   * Compares two metrics.
   *
   * @param metric the new metric; NaN is never better
   * @param best the best one before
   * @returns whether the new one counts as better
   */
  isBetter(metric: number, best: number): boolean;
}

/**
 * Makes the test of a schedule. A metric a is better than the best b where `a < b · (1 - threshold)`
 * (min, rel), `a < b - threshold` (min, abs), `a > b · (1 + threshold)` (max, rel) or
 * `a > b + threshold` (max, abs); for a b below 0, `rel` thus asks less than no gain.
 *
 * Source: `ReduceLROnPlateau` in `torch/optim/lr_scheduler.py`.
 *
 * @param name the schedule, for errors
 * @param options the three settings
 * @returns the test
 * @throws {UsageError} for an unknown mode
 */
export function improvement(name: string, options: Required<ImprovementOptions>): Improvement {
  const { mode, threshold, thresholdMode } = options;
  requireKnown(name, { key: "mode", value: mode, known: ["min", "max"] });
  requireKnown(name, { key: "threshold_mode", value: thresholdMode, known: ["rel", "abs"] });
  const relative = thresholdMode === "rel";
  if (mode === "min") {
    return {
      worst: Infinity,
      isBetter: (metric, best) => metric < (relative ? best * (1 - threshold) : best - threshold),
    };
  }
  return {
    worst: -Infinity,
    isBetter: (metric, best) => metric > (relative ? best * (1 + threshold) : best + threshold),
  };
}

function requireKnown(
  name: string,
  { key, value, known }: { key: string; value: string; known: readonly string[] },
): void {
  if (known.includes(value)) return;
  throw new UsageError(
    `Cannot create schedule "${name}": ${key.replace("_", " ")} ${value} is unknown! Set ${key} ` +
      `to ${known.map((entry) => `"${entry}"`).join(" or ")}` +
      suggested(value, known),
  );
}
