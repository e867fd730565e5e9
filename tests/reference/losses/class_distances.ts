/**
 * Distances of all rows of a batch from each other, in float64.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import { rowDistances, rowDistancesBackward } from "../row_distances.ts";

/**
 * The distances, [B, B], and the gradient of the rows for that of the distances. Cosine distances are
 * taken between rows of length 1.
 */
export function classDistances(
  x: Float64Array,
  C: number,
  metric: string,
): { all: Float64Array; backward: (dAll: Float64Array) => Float64Array } {
  const cosine = metric === "cosine_distance";
  const distance = cosine ? "cosine" : "euclidean";
  const rows = cosine ? l2Normalize(x, C) : x;
  return {
    all: rowDistances(rows, C, distance),
    backward: (dAll) => {
      const dRows = rowDistancesBackward(rows, dAll, { C, distance });
      return cosine ? l2NormalizeBackward(x, dRows, C) : dRows;
    },
  };
}
