/**
 * No schedule at all.
 *
 * @module
 */
import type { Schedule } from "./schedule.ts";

/**
 * The factor is 1 at every step; there is no warmup, whatever its length is set to.
 *
 * Source: `get_constant_schedule` in `transformers/optimization.py`.
 *
 * @returns the schedule
 */
export function constant(): Schedule {
  return () => 1;
}
