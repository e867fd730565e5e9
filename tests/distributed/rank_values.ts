/**
 * Values whose sum depends on its order, made alike by every rank.
 *
 * @module
 */

/**
 * The values of one rank: magnitudes from 2^-30 to 2^30, both signs.
 *
 * @param length How many.
 * @param rank Whose.
 */
export function rankValues(length: number, rank: number): Float32Array<ArrayBuffer> {
  let state = (rank + 1) * 0x9e3779b9 >>> 0;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return Float32Array.from({ length }, () => (next() - 0.5) * 2 ** Math.round(60 * next() - 30));
}

/**
 * The sum over ranks, one f32 addition after the other.
 *
 * @param values The values by rank, in the order in which they are added.
 */
export function sumInOrder(values: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const total = values[0].slice() as Float32Array<ArrayBuffer>;
  for (const more of values.slice(1)) {
    for (let i = 0; i < total.length; i++) total[i] = Math.fround(total[i] + more[i]);
  }
  return total;
}

/** The bits of some values. */
export function bitsOf(values: Float32Array): Uint32Array<ArrayBuffer> {
  return new Uint32Array(values.slice().buffer as ArrayBuffer);
}
