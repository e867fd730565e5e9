/**
 * The error function and its complement to the precision of float64.
 *
 * @module
 */

/** Below it 1 - erf(x) loses next to nothing; above it the continued fraction takes over. */
const SERIES_LIMIT = 0.5;
/** From here on erfc is below the smallest float64. */
const UNDERFLOW = 27.3;

/** 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export function erf(x: number): number {
  if (Math.abs(x) < SERIES_LIMIT) return series(x);
  return x < 0 ? fraction(-x) - 1 : 1 - fraction(x);
}

/** 1 - erf(x), without the cancellation for large x. */
export function erfc(x: number): number {
  if (Math.abs(x) < SERIES_LIMIT) return 1 - series(x);
  return x < 0 ? 2 - fraction(-x) : fraction(x);
}

/** Abramowitz and Stegun 7.1.6: exp(-x^2) times a series of one sign, so that nothing cancels. */
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Number.EPSILON / 8 * Math.abs(sum); n++) {
    term *= 2 * x * x / (2 * n + 1);
    sum += term;
  }
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}

/** Abramowitz and Stegun 7.1.14, from the far end: exp(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + ...))). */
function fraction(x: number): number {
  if (x > UNDERFLOW) return 0;
  let denominator = x;
  // What is cut off after n terms falls like exp(-2 x sqrt(2 n)), once n is well above x.
  for (let n = Math.ceil(200 / (x * x)) + 40; n > 0; n--) denominator = x + n / 2 / denominator;
  return expOfMinusSquare(x) / (Math.sqrt(Math.PI) * denominator);
}

/** The high part has an exact square; rounding x * x instead would cost x^2 ulps of the result. */
function expOfMinusSquare(x: number): number {
  const high = Math.fround(x);
  return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
}
