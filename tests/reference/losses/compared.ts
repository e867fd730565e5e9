/**
 * The first column of a batch compared with all others, in float64.
 *
 * @module
 */
import { compareRows, compareRowsBackward } from "../compare_rows.ts";

/** How rows are compared. */
export interface Measure {
  measure: string;
  epsilon: number;
  factor?: number;
  shift?: number;
}

/** Measures by the names of upstream's options. */
export const MEASURES: Readonly<Record<string, Measure>> = {
  pairwise_cos_sim: { measure: "cosine", epsilon: 1e-12 },
  pairwise_dot_score: { measure: "dot", epsilon: 0 },
  pairwise_euclidean_sim: { measure: "euclidean", epsilon: 0, factor: -1 },
  pairwise_manhattan_sim: { measure: "manhattan", epsilon: 0, factor: -1 },
  pairwise_angle_sim: { measure: "angle", epsilon: 1e-12 },
  cosine_similarity: { measure: "cosine", epsilon: 1e-8 },
  "SiameseDistanceMetric.COSINE_DISTANCE": {
    measure: "cosine",
    epsilon: 1e-8,
    factor: -1,
    shift: 1,
  },
  "SiameseDistanceMetric.EUCLIDEAN": { measure: "euclidean", epsilon: 1e-6 },
  "SiameseDistanceMetric.MANHATTAN": { measure: "manhattan", epsilon: 1e-6 },
  "TripletDistanceMetric.COSINE": { measure: "cosine", epsilon: 1e-12, factor: -1, shift: 1 },
  "TripletDistanceMetric.EUCLIDEAN": { measure: "euclidean", epsilon: 0 },
  "TripletDistanceMetric.MANHATTAN": { measure: "manhattan", epsilon: 0 },
};

/** A batch: B rows of C numbers a column, the columns one after the other, and its labels. */
export interface ReferenceBatch {
  x: Float64Array;
  B: number;
  C: number;
  labels: readonly number[];
}

/** Value of a loss and its gradient with respect to the embeddings. */
export interface ReferenceLoss {
  loss: number;
  gradient: Float64Array;
}

/** The values, and the gradient of all embeddings for the gradient of the values. */
export function compared(
  { x, B, C }: Omit<ReferenceBatch, "labels">,
  name: string,
): { values: Float64Array; backward: (dValues: Float64Array) => Float64Array } {
  const input = { a: x.slice(0, B * C), b: x.slice(B * C), C, ...MEASURES[name] };
  return {
    values: compareRows(input),
    backward: (dValues) => {
      const { dA, dB } = compareRowsBackward(input, dValues);
      return Float64Array.of(...dA, ...dB);
    },
  };
}
