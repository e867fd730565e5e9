/**
 * The plane in which vectors differ most.
 *
 * @module
 */

/** Vectors seen in a plane. */
export interface PlaneView {
  /** Two coordinates of each vector, relative to the mean of all. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** How much of the variance each axis holds, from 0 to 1. */
  readonly shares: readonly [number, number];
}

/** Rounds of the iteration: an eigenvalue of 0.9 of the one before is then down to 1e-5 of its share. */
const ROUNDS = 100;

/**
 * Projects vectors on their first two principal components, found by orthogonal iteration on
 * `X^T (X v)` without forming the covariance. The sign of an axis makes its largest entry positive, so
 * that maps of one run do not flip. Source: G. Golub, C. Van Loan, "Matrix Computations", 8.2.4.
 *
 * @param vectors [N, C], row by row; what is not finite makes all points NaN
 * @param width C
 * @returns the view; all zero where the vectors are the same
 */
export function principalPlane(vectors: Float32Array, width: number): PlaneView {
  const count = vectors.length / width;
  const centred = centre(vectors, width);
  let total = 0;
  for (const value of centred) total += value * value;
  if (total === 0) return { points: Array.from({ length: count }, () => [0, 0]), shares: [0, 0] };
  // A fixed start that is orthogonal to no axis in particular.
  const axes: Float64Array[] = [1, 2].map((seed) =>
    Float64Array.from({ length: width }, (_, i) => Math.sin(seed + (i + 1) * (seed + 0.37)))
  );
  const sizes = [0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, axis] of axes.entries()) {
      axes[i] = transposedProduct(centred, product(centred, axis));
      if (i === 1) removeShare(axes[1], axes[0]);
      // What is left of a line is rounding, which has no direction.
      sizes[i] = scaleToOne(axes[i], 1e-12 * total);
    }
  }
  axes.forEach(fixSign);
  const [x, y] = axes.map((axis) => product(centred, axis));
  return {
    points: Array.from(x, (value, i) => [value, y[i]]),
    shares: [sizes[0] / total, sizes[1] / total],
  };
}

function centre(vectors: Float32Array, width: number): Float64Array {
  const count = vectors.length / width;
  const centred = Float64Array.from(vectors);
  for (let column = 0; column < width; column++) {
    let mean = 0;
    for (let i = column; i < centred.length; i += width) mean += centred[i] / count;
    for (let i = column; i < centred.length; i += width) centred[i] -= mean;
  }
  return centred;
}

/** `X v`. */
function product(matrix: Float64Array, vector: Float64Array): Float64Array {
  const width = vector.length;
  const result = new Float64Array(matrix.length / width);
  for (let row = 0, at = 0; row < result.length; row++) {
    let sum = 0;
    for (let column = 0; column < width; column++) sum += matrix[at++] * vector[column];
    result[row] = sum;
  }
  return result;
}

/** `X^T u`. */
function transposedProduct(matrix: Float64Array, vector: Float64Array): Float64Array {
  const width = matrix.length / vector.length;
  const result = new Float64Array(width);
  for (let row = 0, at = 0; row < vector.length; row++) {
    const factor = vector[row];
    for (let column = 0; column < width; column++) result[column] += matrix[at++] * factor;
  }
  return result;
}

/** Makes a vector orthogonal to another one of length 1. */
function removeShare(vector: Float64Array, unit: Float64Array): void {
  const share = vector.reduce((sum, value, i) => sum + value * unit[i], 0);
  for (let i = 0; i < vector.length; i++) vector[i] -= share * unit[i];
}

/** Gives a vector length 1, or 0 where it is too short, and tells the length that it had. */
function scaleToOne(vector: Float64Array, least: number): number {
  const length = Math.hypot(...vector);
  const isLong = !(length <= least);
  for (let i = 0; i < vector.length; i++) vector[i] = isLong ? vector[i] / length : 0;
  return isLong ? length : 0;
}

function fixSign(axis: Float64Array): void {
  const largest = axis.reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a, 0);
  if (largest < 0) { for (let i = 0; i < axis.length; i++) axis[i] = -axis[i]; }
}
