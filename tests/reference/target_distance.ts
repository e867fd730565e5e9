/**
 * Distances of rows from targets in float64, forward and backward.
 *
 * @module
 */

/** Rows of G columns in blocks of B, and their targets. */
export interface TargetDistanceInput {
  /** [N B, G] */
  x: Float64Array;
  /** [B, G] or [B, N G] */
  targets: Float64Array;
  B: number;
  G: number;
  metric: "mse" | "l2" | "cosine";
}

const SHORTEST = 1e-8;

/** Mean of squares, Euclidean distance or 1 - cosine of each row and its target. */
export function targetDistance(input: TargetDistanceInput): Float64Array {
  return Float64Array.from(eachRow(input), ({ x, t }) => {
    const square = x.reduce((sum, value, c) => sum + (value - t[c]) ** 2, 0);
    if (input.metric === "mse") return square / input.G;
    if (input.metric === "l2") return Math.sqrt(square);
    return 1 - dot(x, t) / (lengthOf(x) * lengthOf(t));
  });
}

/** The gradient of x. */
export function targetDistanceBackward(
  input: TargetDistanceInput,
  dTerms: Float64Array,
): Float64Array {
  const rows = eachRow(input).map(({ x, t }, r) => {
    const distance = Math.sqrt(x.reduce((sum, value, c) => sum + (value - t[c]) ** 2, 0));
    const [a, b] = [lengthOf(x), lengthOf(t)];
    const cosine = dot(x, t) / (a * b);
    return [...x].map((value, c) => {
      if (input.metric === "mse") return 2 * (value - t[c]) / input.G * dTerms[r];
      if (input.metric === "l2") {
        return distance === 0 ? 0 : (value - t[c]) / distance * dTerms[r];
      }
      const along = a > SHORTEST ? cosine * value / a : 0;
      return (along - t[c] / b) / a * dTerms[r];
    });
  });
  return Float64Array.from(rows.flat());
}

function eachRow({ x, targets, B, G }: TargetDistanceInput) {
  const W = targets.length / B;
  return Array.from({ length: x.length / G }, (_, r) => {
    const start = r % B * W + (W === G ? 0 : Math.floor(r / B) * G);
    return { x: x.subarray(r * G, (r + 1) * G), t: targets.subarray(start, start + G) };
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, c) => sum + value * b[c], 0);
}

function lengthOf(a: Float64Array): number {
  return Math.max(Math.sqrt(dot(a, a)), SHORTEST);
}
