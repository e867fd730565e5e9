/**
 * Rotary positions in float64, forward and backward (Su et al., "RoFormer", 2021).
 *
 * @module
 */

/** Operands of {@linkcode rotary}. */
export interface RotaryInput {
  /** [T, 3C]: queries, keys and values of H heads. */
  qkv: Float64Array;
  /** [T] */
  positions: ArrayLike<number>;
  C: number;
  H: number;
  /** What wavelengths are powers of. */
  base: number;
}

/**
 * In every head of queries and keys, columns (i, i + D / 2) turn by position base^(-2 i / D); `direction`
 * -1 turns them back, which is also what their gradient needs.
 */
export function rotary(
  { qkv, positions, C, H, base }: RotaryInput,
  direction: 1 | -1 = 1,
): Float64Array {
  const D = C / H;
  const y = qkv.slice();
  for (let t = 0; t < positions.length; t++) {
    for (let head = 0; head < 2 * H; head++) {
      for (let i = 0; i < D / 2; i++) {
        const angle = direction * positions[t] * base ** (-2 * i / D);
        const left = t * 3 * C + head * D + i;
        const right = left + D / 2;
        y[left] = qkv[left] * Math.cos(angle) - qkv[right] * Math.sin(angle);
        y[right] = qkv[right] * Math.cos(angle) + qkv[left] * Math.sin(angle);
      }
    }
  }
  return y;
}
