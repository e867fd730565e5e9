/**
 * Random numbers as a pure function of a key, so that data order is a function of seed, epoch and
 * dataset and can be found again without replaying what came before.
 *
 * @module
 */

import { Pcg32 } from "./pcg32.ts";

/** What {@linkcode Random.shuffle} permutes: an array or a typed array. */
export interface Shuffleable<T> {
  /** Number of items. */
  readonly length: number;
  /** The items. */
  [index: number]: T;
}

/**
 * A seeded generator: equal keys give equal numbers, keys that differ in any part, in the order of
 * the parts or in the kind of a part (`1` and `"1"`) give unrelated ones. The key is hashed with
 * MurmurHash3's mixing into the state and stream of a {@linkcode Pcg32}.
 *
 * ```ts ignore
 * const order = new Random(seed, epoch, dataset.name).shuffle(Uint32Array.from(rows.keys()));
 * ```
 */
export class Random {
  readonly #generator: Pcg32;
  #spareNormal: number | null = null;

  /**
   * Starts the numbers of a key.
   *
   * @param key Seed, epoch, a name and so on; numbers must be finite.
   * @throws {RangeError} If a number of the key is not finite.
   */
  constructor(...key: (number | string)[]) {
    const words = keyWords(key);
    this.#generator = new Pcg32(hash(words, 0), hash(words, 1), hash(words, 2), hash(words, 3));
  }

  /** An integer in [0, 2^32), uniformly. */
  uint32(): number {
    return this.#generator.uint32();
  }

  /** A number in [0, 1), uniformly, with 53 random bits. */
  float(): number {
    const high = this.uint32() >>> 5;
    const low = this.uint32() >>> 6;
    return (high * 0x4000000 + low) / 0x20000000000000;
  }

  /** A number from the normal distribution of mean 0 and variance 1 (Marsaglia's polar method). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    do {
      x = 2 * this.float() - 1;
      y = 2 * this.float() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt(-2 * Math.log(square) / square);
    this.#spareNormal = y * scale;
    return x * scale;
  }

  /**
   * An integer in [0, bound), without bias.
   *
   * @throws {RangeError} If `bound` is not an integer from 1 to 2^32.
   */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0x100000000) {
      throw new RangeError(
        `Cannot draw an integer: bound is ${bound}, wanted an integer from 1 to 4294967296`,
      );
    }
    let value = this.uint32();
    // The lowest 2^32 % bound values would make small results likelier; most draws need no remainder.
    while (value < bound && value < 0x100000000 % bound) value = this.uint32();
    return value % bound;
  }

  /** Permutes `items` in place, every order being equally likely, and returns them. */
  shuffle<T, A extends Shuffleable<T>>(items: A & Shuffleable<T>): A {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      const item = items[last];
      items[last] = items[other];
      items[other] = item;
    }
    return items;
  }
}

/** Every part becomes its kind, then its contents; lengths keep ("ab", "c") and ("a", "bc") apart. */
function keyWords(key: readonly (number | string)[]): number[] {
  const words: number[] = [];
  for (const part of key) {
    if (typeof part === "string") {
      words.push(2, part.length);
      for (let index = 0; index < part.length; index++) words.push(part.charCodeAt(index));
      continue;
    }
    if (!Number.isFinite(part)) {
      throw new RangeError(`Cannot seed the generator: ${part} in the key is not a finite number`);
    }
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, part === 0 ? 0 : part); // -0 is the same seed as 0
    words.push(1, bits.getUint32(0), bits.getUint32(4));
  }
  return words;
}

/** MurmurHash3 x86_32 (Appleby, public domain) of 32-bit words. */
function hash(words: readonly number[], seed: number): number {
  let value = seed;
  for (const word of words) {
    let block = Math.imul(word, 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    value ^= Math.imul(block, 0x1b873593);
    value = (value << 13) | (value >>> 19);
    value = (Math.imul(value, 5) + 0xe6546b64) | 0;
  }
  value ^= 4 * words.length;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
