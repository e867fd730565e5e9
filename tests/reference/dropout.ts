/**
 * Dropout in float64 (Srivastava et al., 2014), scaled while training.
 *
 * @module
 */

/** Operands of {@linkcode dropout}. */
export interface DropoutInput {
  /** [T, C] */
  x: Float64Array;
  C: number;
  /** Probability of becoming zero, in [0, 1). */
  p: number;
  keep: (row: number, column: number) => boolean;
}

/** y[T, C] = x / (1 - p) where kept, else 0. */
export function dropout({ x, C, p, keep }: DropoutInput): Float64Array {
  return x.map((value, index) => keep(Math.floor(index / C), index % C) ? value / (1 - p) : 0);
}

/** The map is linear and diagonal: the gradient goes through the same mask. */
export function dropoutBackward(input: DropoutInput, dY: Float64Array): Float64Array {
  return dropout({ ...input, x: dY });
}
