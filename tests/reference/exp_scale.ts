/**
 * Scaling by the exponential of a scalar in float64, forward and backward.
 *
 * @module
 */

/** y = exp(s) x */
export function expScale(x: Float64Array, logScale: number): Float64Array {
  return x.map((value) => Math.exp(logScale) * value);
}

/** dX = exp(s) dY, and the sum of dY y for s. */
export function expScaleBackward(
  x: Float64Array,
  logScale: number,
  dY: Float64Array,
): { dX: Float64Array; dLogScale: number } {
  const y = expScale(x, logScale);
  return {
    dX: dY.map((value) => Math.exp(logScale) * value),
    dLogScale: y.reduce((sum, value, i) => sum + value * dY[i], 0),
  };
}
