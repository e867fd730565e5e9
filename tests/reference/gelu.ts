/**
 * Exact GELU in float64, forward and backward (Hendrycks and Gimpel, "Gaussian Error Linear Units",
 * 2016).
 *
 * @module
 */

import { erfc } from "./erf.ts";

/** y = x Phi(x), with Phi the distribution function of the standard normal distribution. */
export function gelu(x: Float64Array): Float64Array {
  return x.map((value) => value * distribution(value));
}

/** dX = dY (Phi(x) + x phi(x)), with phi the density. */
export function geluBackward(x: Float64Array, dY: Float64Array): Float64Array {
  return x.map((value, index) => dY[index] * (distribution(value) + value * density(value)));
}

function distribution(x: number): number {
  return erfc(-x / Math.SQRT2) / 2;
}

function density(x: number): number {
  return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
}
