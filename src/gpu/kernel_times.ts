/**
 * GPU time by kernel.
 *
 * @module
 */

/** One dispatch that was timed. Unit: milliseconds of a clock of the source's choice. */
export interface TimedDispatch {
  /** `shader.entryPoint`. */
  readonly label: string;
  /** When it began. */
  readonly start: number;
  /** When it ended. */
  readonly end: number;
}

/** GPU time of one label. */
export interface KernelTime {
  /** `shader.entryPoint`. */
  label: string;
  /** How often it ran. */
  count: number;
  /** Time in all. Unit: milliseconds. */
  milliseconds: number;
}

/**
 * Sums the times of dispatches.
 *
 * @param dispatches The dispatches.
 * @returns Times by label, longest first.
 */
export function kernelTimes(dispatches: Iterable<TimedDispatch>): KernelTime[] {
  const sums = new Map<string, KernelTime>();
  for (const { label, start, end } of dispatches) {
    const sum = sums.get(label) ?? { label, count: 0, milliseconds: 0 };
    sum.count++;
    sum.milliseconds += end - start;
    sums.set(label, sum);
  }
  return [...sums.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
