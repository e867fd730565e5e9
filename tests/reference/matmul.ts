/**
 * Matrix product in float64.
 *
 * @module
 */

/** Operands of {@linkcode matmul}, row-major. */
export interface MatmulInput {
  /** [M, K], or [K, M] if `transposeA`. */
  a: Float64Array;
  /** [K, N], or [N, K] if `transposeB`. */
  b: Float64Array;
  M: number;
  N: number;
  K: number;
  transposeA?: boolean;
  transposeB?: boolean;
}

/** c[M, N] = a b, either factor read as its transpose on request. */
export function matmul(
  { a, b, M, N, K, transposeA = false, transposeB = false }: MatmulInput,
): Float64Array {
  const c = new Float64Array(M * N);
  for (let m = 0; m < M; m++) {
    for (let n = 0; n < N; n++) {
      let sum = 0;
      for (let k = 0; k < K; k++) {
        sum += a[transposeA ? k * M + m : m * K + k] * b[transposeB ? n * K + k : k * N + n];
      }
      c[m * N + n] = sum;
    }
  }
  return c;
}
