/**
 * Squashing functions in float64, forward and backward.
 *
 * @module
 */

/** tanh x, or 1 / (1 + exp(-x)). */
export type Squash = "tanh" | "sigmoid";

const VALUES: Record<Squash, (x: number) => number> = {
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

/** From x, so that nothing is shared with slopes computed from y. */
const SLOPES: Record<Squash, (x: number) => number> = {
  tanh: (x) => 1 / Math.cosh(x) ** 2,
  sigmoid: (x) => 1 / (2 + Math.exp(x) + Math.exp(-x)),
};

/** y, element by element. */
export function squash(x: Float64Array, kind: Squash): Float64Array {
  return x.map(VALUES[kind]);
}

/** dX = dY times the slope at x. */
export function squashBackward(
  x: Float64Array,
  dY: Float64Array,
  kind: Squash,
): Float64Array {
  return x.map((value, i) => dY[i] * SLOPES[kind](value));
}
