/**
 * Uniform noise on token embeddings in float64 (Jain et al., "NEFTune: Noisy Embeddings Improve
 * Instruction Finetuning", 2023).
 *
 * @module
 */

/** Operands of {@linkcode neftuneNoise}. */
export interface NeftuneNoiseInput {
  /** [T, C] */
  x: Float64Array;
  C: number;
  /** Tokens of every sequence, T in all. */
  lengths: readonly number[];
  alpha: number;
  key: readonly [number, number];
}

/** y[t, c] = x[t, c] + alpha / sqrt(L C) u(t, c), L the length of the sequence of token t. */
export function neftuneNoise({ x, C, lengths, alpha, key }: NeftuneNoiseInput): Float64Array {
  const lengthOf = lengths.flatMap((length) => Array<number>(length).fill(length));
  return x.map((value, index) => {
    const [row, column] = [Math.floor(index / C), index % C];
    return value + alpha / Math.sqrt(lengthOf[row] * C) * uniform(key, row, column);
  });
}

/** What is added does not depend on x. */
export function neftuneNoiseBackward(dY: Float64Array): Float64Array {
  return dY.slice();
}

/** An odd multiple of 2^-24 between -1 and 1, from the upper 24 bits of a hash of key and place. */
export function uniform(key: readonly [number, number], row: number, column: number): number {
  const word = pcg3d([row ^ key[0], column ^ key[1], key[0] + key[1]]);
  return (2 * (word >>> 8) + 1 - 2 ** 24) / 2 ** 24;
}

/** The first word of pcg3d (Jarzynski and Olano, "Hash Functions for GPU Rendering", 2020). */
function pcg3d(words: readonly number[]): number {
  let [x, y, z] = words.map((word) => (Math.imul(word, 1664525) + 1013904223) | 0);
  for (const last of [false, true]) {
    x = (x + Math.imul(y, z)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    if (!last) [x, y, z] = [x, y, z].map((word) => word ^ (word >>> 16));
  }
  return x >>> 0;
}
