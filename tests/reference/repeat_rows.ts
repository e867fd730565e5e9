/**
 * One vector a sequence, given to each of its tokens, in float64.
 *
 * @module
 */

/** Operands of {@linkcode repeatRows}. */
export interface RepeatRowsInput {
  /** [S, C] */
  x: Float64Array;
  /** [S + 1] */
  sequenceStarts: ArrayLike<number>;
  C: number;
  /** The factor of a column at a token; 1 by default. */
  factor?: (token: number, column: number) => number;
}

/** y[t, c] = factor(t, c) x[sequence of t, c]. */
export function repeatRows(
  { x, sequenceStarts, C, factor = () => 1 }: RepeatRowsInput,
): Float64Array {
  const y = new Float64Array(sequenceStarts[sequenceStarts.length - 1] * C);
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    for (let t = sequenceStarts[s]; t < sequenceStarts[s + 1]; t++) {
      for (let c = 0; c < C; c++) y[t * C + c] = factor(t, c) * x[s * C + c];
    }
  }
  return y;
}

/** dX[S, C] for dY[T, C]. */
export function repeatRowsBackward(
  { x, sequenceStarts, C, factor = () => 1 }: RepeatRowsInput,
  dY: Float64Array,
): Float64Array {
  const dX = new Float64Array(x.length);
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    for (let t = sequenceStarts[s]; t < sequenceStarts[s + 1]; t++) {
      for (let c = 0; c < C; c++) dX[s * C + c] += factor(t, c) * dY[t * C + c];
    }
  }
  return dX;
}
