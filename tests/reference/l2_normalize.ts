/**
 * Rows of unit length in float64, forward and backward.
 *
 * @module
 */

/** Lengths below this one are taken for it, as torch.nn.functional.normalize does. */
const SHORTEST = 1e-12;

/** y[B, C]: each row of `x` over its Euclidean length, or over 1e-12 if that is larger. */
export function l2Normalize(x: Float64Array, C: number): Float64Array {
  const lengths = rowLengths(x, C);
  return x.map((value, index) => value / Math.max(lengths[Math.floor(index / C)], SHORTEST));
}

/** dX[B, C] = (dY - y (y . dY)) / length; the projection falls away where the length was clamped. */
export function l2NormalizeBackward(x: Float64Array, dY: Float64Array, C: number): Float64Array {
  const y = l2Normalize(x, C);
  const lengths = rowLengths(x, C);
  const along = new Float64Array(lengths.length);
  y.forEach((value, index) => along[Math.floor(index / C)] += value * dY[index]);
  return x.map((_, index) => {
    const row = Math.floor(index / C);
    if (lengths[row] < SHORTEST) return dY[index] / SHORTEST;
    return (dY[index] - y[index] * along[row]) / lengths[row];
  });
}

function rowLengths(x: Float64Array, C: number): Float64Array {
  const squares = new Float64Array(x.length / C);
  x.forEach((value, index) => squares[Math.floor(index / C)] += value * value);
  return squares.map(Math.sqrt);
}
