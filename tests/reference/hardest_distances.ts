/**
 * The farthest positive and the nearest negative of every row, in float64.
 *
 * @module
 */

/** Distances and columns of both; a column is -1 where there is none. */
export interface Hardest {
  /** [2, B]: greatest distances of positives, then least of negatives. */
  distances: Float64Array;
  /** [2, B] */
  columns: Int32Array;
}

/**
 * From all distances, [B, B]: 0 without a positive that is farther, and without negatives the positive
 * again.
 */
export function hardestDistances(all: Float64Array, labels: ArrayLike<number>): Hardest {
  const B = labels.length;
  const distances = new Float64Array(2 * B);
  const columns = new Int32Array(2 * B).fill(-1);
  for (let i = 0; i < B; i++) {
    for (let j = 0; j < B; j++) {
      const d = all[i * B + j];
      if (labels[i] !== labels[j]) {
        if (columns[B + i] < 0 || d < distances[B + i]) {
          distances[B + i] = d;
          columns[B + i] = j;
        }
      } else if (i !== j && d > distances[i]) {
        distances[i] = d;
        columns[i] = j;
      }
    }
    if (columns[B + i] < 0) {
      distances[B + i] = distances[i];
      columns[B + i] = columns[i];
    }
  }
  return { distances, columns };
}

/** The gradient of all distances, [B, B], for the gradient `dHardest` of the chosen, [2, B]. */
export function hardestDistancesBackward(
  { columns }: Hardest,
  dHardest: ArrayLike<number>,
): Float64Array {
  const B = columns.length / 2;
  const dAll = new Float64Array(B * B);
  columns.forEach((j, at) => {
    if (j >= 0) dAll[at % B * B + j] += dHardest[at];
  });
  return dAll;
}
