/**
 * A rise, a plateau and a fall of given lengths.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { aboveFloor, cosineWave, type Schedule, type ScheduleSpan } from "./schedule.ts";
import { suggested } from "./wording.ts";

/** A shape of the rise or the fall. */
export type RampType = "linear" | "cosine" | "1-sqrt";

/** What {@linkcode warmupStableDecay} reads. */
export interface WarmupStableDecayOptions extends ScheduleSpan {
  /** Steps D of the fall. */
  numDecaySteps: number;
  /** Steps S of the plateau; by default what warmup and fall leave of the run, `T - W - D`. */
  numStableSteps?: number;
  /** Shape of the rise; `"linear"` by default. */
  warmupType?: RampType;
  /** Shape of the fall; `"cosine"` by default. */
  decayType?: RampType;
  /** Factor at the beginning of the rise and from the end of the fall on; 0 by default. */
  minLrRatio?: number;
  /** Waves of a fall along a cosine; the default of 0.5 falls once. */
  numCycles?: number;
}

const rises: Readonly<Record<RampType, (progress: number) => number>> = {
  linear: (progress) => progress,
  cosine: (progress) => 0.5 * (1 - Math.cos(Math.PI * progress)),
  "1-sqrt": (progress) => 1 - Math.sqrt(1 - progress),
};

const falls: Readonly<Record<RampType, (progress: number, numCycles: number) => number>> = {
  linear: (progress) => 1 - progress,
  cosine: cosineWave,
  "1-sqrt": (progress) => 1 - Math.sqrt(progress),
};

/**
 * With the floor m = `minLrRatio` the factor is
 *
 * - `m + (1 - m) · rise(step / W)` below step W, the rise of u being `u`, `(1 - cos(πu)) / 2` or
 *   `1 - √(1 - u)`;
 * - 1 from there on, below step W + S;
 * - `m + (1 - m) · fall((step - W - S) / D)` below step W + S + D, the fall of u being `1 - u`,
 *   `(1 + cos(2π · numCycles · u)) / 2` or `1 - √u`, and at least 0;
 * - m from there on.
 *
 * Where warmup and fall are longer than the run, there is no plateau, and the fall begins on its
 * way, so that it ends with the run. A given S goes before the length of the run.
 *
 * Source: `get_wsd_schedule` in `transformers/optimization.py`.
 *
 * @param options lengths in optimizer steps, shapes, the floor
 * @returns the schedule
 * @throws {UsageError} for an unknown shape
 */
export function warmupStableDecay(
  {
    warmupSteps,
    totalSteps,
    numDecaySteps,
    numStableSteps = totalSteps - warmupSteps - numDecaySteps,
    warmupType = "linear",
    decayType = "cosine",
    minLrRatio = 0,
    numCycles = 0.5,
  }: WarmupStableDecayOptions,
): Schedule {
  requireShape("warmup", warmupType);
  requireShape("decay", decayType);
  const rise = rises[warmupType];
  const fall = falls[decayType];
  const decayStart = warmupSteps + numStableSteps;
  return (step) => {
    if (step < warmupSteps) return aboveFloor(rise(step / warmupSteps), minLrRatio);
    if (step < decayStart) return 1;
    if (step >= decayStart + numDecaySteps) return minLrRatio;
    return aboveFloor(fall((step - decayStart) / numDecaySteps, numCycles), minLrRatio);
  };
}

function requireShape(part: "warmup" | "decay", shape: string): void {
  if (Object.hasOwn(rises, shape)) return;
  throw new UsageError(
    `Cannot create schedule "warmup_stable_decay": Unknown ${part} type: ${shape}, expected ` +
      `'linear', 'cosine' or '1-sqrt'; change ${part}_type` +
      suggested(shape, Object.keys(rises)),
  );
}
