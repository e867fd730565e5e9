/**
 * Penalties of moments in float64, forward and backward.
 *
 * @module
 */

/** Which moment costs, and from where on. */
export interface SpreadTerm {
  term: "mean" | "second moment";
  threshold: number;
}

/** mean^2, or max(second moment - threshold, 0). */
export function spreadPenalty(moments: Float64Array, { term, threshold }: SpreadTerm): number {
  return term === "mean" ? moments[0] ** 2 : Math.max(moments[1] - threshold, 0);
}

/** The gradient of both moments. */
export function spreadPenaltyBackward(
  moments: Float64Array,
  { term, threshold }: SpreadTerm,
  dY: number,
): Float64Array {
  if (term === "mean") return Float64Array.of(2 * moments[0] * dY, 0);
  return Float64Array.of(0, moments[1] > threshold ? dY : 0);
}
