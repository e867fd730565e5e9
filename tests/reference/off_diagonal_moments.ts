/**
 * Moments of the products of different rows in float64, forward and backward.
 *
 * @module
 */
import { matmul } from "./matmul.ts";

/** [mean, mean of squares] of x_i . x_j over all i != j; zeros for one row. */
export function offDiagonalMoments(x: Float64Array, C: number): Float64Array {
  const B = x.length / C;
  const moments = new Float64Array(2);
  products(x, C).forEach((s, at) => {
    if (Math.floor(at / B) === at % B) return;
    moments[0] += s / (B * (B - 1));
    moments[1] += s * s / (B * (B - 1));
  });
  return moments;
}

/** d_x_i = sum over j != i of 2 (d_0 + 2 d_1 s_ij) / (B (B - 1)) x_j */
export function offDiagonalMomentsBackward(
  x: Float64Array,
  dMoments: Float64Array,
  C: number,
): Float64Array {
  const B = x.length / C;
  const factors = products(x, C).map((s, at) =>
    Math.floor(at / B) === at % B ? 0 : 2 * (dMoments[0] + 2 * dMoments[1] * s) / (B * (B - 1))
  );
  return matmul({ a: factors, b: x, M: B, N: C, K: B });
}

function products(x: Float64Array, C: number): Float64Array {
  const B = x.length / C;
  return matmul({ a: x, b: x, M: B, N: B, K: C, transposeB: true });
}
