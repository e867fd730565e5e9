/**
 * Seeded values for tests: a pure function of seed and index, the same on every machine. Real values
 * are exact in f32, so that a float64 reference and a GPU start from the same numbers.
 *
 * @module
 */

/** `count` values spread evenly over [low, high], by default [-1, 1]. */
export function uniformValues(
  count: number,
  seed: number,
  { low = -1, high = 1 }: { low?: number; high?: number } = {},
): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, index) => Math.fround(low + (high - low) * fraction(seed, index)),
  );
}

/** `count` values of mean 0, by default of standard deviation 1 (Box and Muller, 1958). */
export function normalValues(
  count: number,
  seed: number,
  { deviation = 1 }: { deviation?: number } = {},
): Float64Array {
  return Float64Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log(1 - fraction(seed, 2 * index)));
    const angle = 2 * Math.PI * fraction(seed, 2 * index + 1);
    return Math.fround(deviation * radius * Math.cos(angle));
  });
}

/** `count` integers in [0, below). */
export function integerValues(count: number, seed: number, below: number): Uint32Array {
  return Uint32Array.from(
    { length: count },
    (_, index) => Math.floor(below * fraction(seed, index)),
  );
}

/** A multiple of 2^-24 in [0, 1). */
function fraction(seed: number, index: number): number {
  return (scramble(scramble(seed + 1) + index) >>> 8) * 2 ** -24;
}

/** Last stage of MurmurHash3 (Appleby, public domain): every bit in sways every bit out. */
function scramble(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
