/**
 * A range of columns in float64, forward and backward.
 *
 * @module
 */

/** Which columns. */
export interface ColumnSlice {
  /** Columns of x. */
  C: number;
  first: number;
  count: number;
}

/** y[r, c] = x[r, first + c] */
export function sliceColumns(x: Float64Array, { C, first, count }: ColumnSlice): Float64Array {
  return Float64Array.from(
    { length: x.length / C * count },
    (_, i) => x[Math.floor(i / count) * C + first + i % count],
  );
}

/** dY where it came from, else 0. */
export function sliceColumnsBackward(
  dY: Float64Array,
  { C, first, count }: ColumnSlice,
): Float64Array {
  const dX = new Float64Array(dY.length / count * C);
  dY.forEach((value, i) => dX[Math.floor(i / count) * C + first + i % count] = value);
  return dX;
}
