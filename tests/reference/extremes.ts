/**
 * The range of magnitudes of a tensor.
 *
 * @module
 */

/** What {@linkcode extremes} finds. */
export interface Extremes {
  /** Of the finite elements; Infinity without one. */
  smallest: number;
  /** Of the finite elements; 0 without one. */
  largest: number;
  /** Elements that are infinite or not a number. */
  notFinite: number;
}

/** Magnitudes among the finite elements, and the count of the others. */
export function extremes(x: ArrayLike<number>): Extremes {
  const found: Extremes = { smallest: Infinity, largest: 0, notFinite: 0 };
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i])) {
      found.notFinite++;
      continue;
    }
    found.smallest = Math.min(found.smallest, Math.abs(x[i]));
    found.largest = Math.max(found.largest, Math.abs(x[i]));
  }
  return found;
}
