/**
 * The PCG32 generator: 64 bits of state, 32 bits out, one of 2^63 streams.
 *
 * @module
 */

const MULTIPLIER_HIGH = 0x5851f42d;
const MULTIPLIER_LOW = 0x4c957f2d;

/**
 * PCG-XSH-RR 64/32 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good
 * Algorithms for Random Number Generation", 2014), in 32-bit halves because 64-bit integers are slow
 * in JavaScript.
 */
export class Pcg32 {
  #high = 0;
  #low = 0;
  readonly #incrementHigh: number;
  readonly #incrementLow: number;

  /**
   * Starts a stream.
   *
   * @param stateHigh Upper 32 bits of the initial state.
   * @param stateLow Lower 32 bits of the initial state.
   * @param streamHigh Upper 32 bits of the stream number; its topmost bit is dropped.
   * @param streamLow Lower 32 bits of the stream number.
   */
  constructor(stateHigh: number, stateLow: number, streamHigh: number, streamLow: number) {
    this.#incrementHigh = ((streamHigh << 1) | (streamLow >>> 31)) >>> 0;
    this.#incrementLow = ((streamLow << 1) | 1) >>> 0;
    this.#step();
    this.#add(stateHigh >>> 0, stateLow >>> 0);
    this.#step();
  }

  /** The next 32 bits, as an integer in [0, 2^32). */
  uint32(): number {
    const high = this.#high;
    const low = this.#low;
    this.#step();
    const mixedHigh = high ^ (high >>> 18);
    const mixedLow = low ^ ((low >>> 18) | (high << 14));
    const word = (mixedLow >>> 27) | (mixedHigh << 5);
    const rotation = high >>> 27;
    return ((word >>> rotation) | (word << (-rotation & 31))) >>> 0;
  }

  #step(): void {
    const high = this.#high;
    const low = this.#low;
    // The product of the lower halves has 64 bits; two products of 48 bits are exact in a double.
    const lower = (low & 0xffff) * MULTIPLIER_LOW;
    const upper = (low >>> 16) * MULTIPLIER_LOW;
    const sum = lower + (upper & 0xffff) * 0x10000;
    const carry = Math.floor(sum / 0x100000000) + Math.floor(upper / 0x10000);
    this.#high = (Math.imul(high, MULTIPLIER_LOW) + Math.imul(low, MULTIPLIER_HIGH) + carry) >>> 0;
    this.#low = sum >>> 0;
    this.#add(this.#incrementHigh, this.#incrementLow);
  }

  #add(high: number, low: number): void {
    const sum = this.#low + low;
    this.#low = sum >>> 0;
    this.#high = (this.#high + high + (sum > 0xffffffff ? 1 : 0)) >>> 0;
  }
}
