/**
 * A bias in float64, forward and backward.
 *
 * @module
 */

/** y[r, c] = x[r, c] + bias[c] */
export function addBias(x: Float64Array, bias: Float64Array): Float64Array {
  return x.map((value, i) => value + bias[i % bias.length]);
}

/** dX is dY; dBias has its column sums. */
export function addBiasBackward(dY: Float64Array, columns: number) {
  const dBias = new Float64Array(columns);
  dY.forEach((value, i) => dBias[i % columns] += value);
  return { dX: dY, dBias };
}
