/**
 * Distances of all rows from all rows in float64, forward and backward.
 *
 * @module
 */

/** |x_i - x_j|, or 1 - x_i . x_j off the diagonal: [B, B]. */
export function rowDistances(x: Float64Array, C: number, distance: string): Float64Array {
  const B = x.length / C;
  return Float64Array.from({ length: B * B }, (_, at) => {
    const [i, j] = [Math.floor(at / B), at % B];
    if (i === j) return 0;
    let sum = 0;
    for (let c = 0; c < C; c++) {
      const [a, b] = [x[i * C + c], x[j * C + c]];
      sum += distance === "euclidean" ? (a - b) ** 2 : a * b;
    }
    return distance === "euclidean" ? Math.sqrt(sum) : 1 - sum;
  });
}

/** The gradient of the rows for the gradient `dD` of the distances, which is not read on the diagonal. */
export function rowDistancesBackward(
  x: Float64Array,
  dD: Float64Array,
  { C, distance }: { C: number; distance: string },
): Float64Array {
  const B = x.length / C;
  const distances = rowDistances(x, C, distance);
  const dX = new Float64Array(x.length);
  for (let i = 0; i < B; i++) {
    for (let j = 0; j < B; j++) {
      const [weight, d] = [dD[i * B + j], distances[i * B + j]];
      if (i === j || weight === 0 || (distance === "euclidean" && d === 0)) continue;
      for (let c = 0; c < C; c++) {
        const [a, b] = [x[i * C + c], x[j * C + c]];
        dX[i * C + c] += weight * (distance === "euclidean" ? (a - b) / d : -b);
        dX[j * C + c] += weight * (distance === "euclidean" ? (b - a) / d : -a);
      }
    }
  }
  return dX;
}
