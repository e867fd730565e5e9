/**
 * Random choices that follow from a seed.
 *
 * @module
 */

/** A source of random choices: the same seed gives the same ones. Source: mulberry32 of T. Ettinger. */
export class Dice {
  #state: number;

  /**
   * Begins.
   *
   * @param seed Any whole number; its low 32 bits count.
   * @param index Which input of the seed it is for.
   */
  constructor(seed: number, index = 0) {
    this.#state = (Math.imul(seed, 0x9e3779b1) + Math.imul(index, 0x85ebca6b)) | 0;
    this.below(1);
  }

  /** A whole number from 0 to below `end`; 0 where that is none. */
  below(end: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return Math.floor(((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32 * Math.max(1, end));
  }

  /** True in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** One entry of a list. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}
