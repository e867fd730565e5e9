/**
 * The mean of the latest values of a series.
 *
 * @module
 */

/**
 * Keeps the latest values and their sum, from which the oldest is subtracted as it leaves.
 *
 * Source: `StreamingAverage` in `transformers/optimization.py`. As there, a value that is not
 * finite spoils the sum for good.
 */
export class StreamingAverage {
  readonly #size: number;
  #values: number[];
  #sum: number;

  /**
   * Begins with no values, or goes on with those of another.
   *
   * @param size the most values to keep, at least 1
   * @param values values to go on with
   * @param sum their sum, as it had become
   */
  constructor(size: number, values: readonly number[] = [], sum = 0) {
    this.#size = size;
    this.#values = [...values];
    this.#sum = sum;
  }

  /** The values kept, the oldest first. */
  get values(): readonly number[] {
    return this.#values;
  }

  /** Their sum, with the roundings of all that was added and subtracted. */
  get sum(): number {
    return this.#sum;
  }

  /**
   * Takes in a value.
   *
   * @param value the latest value
   * @returns the mean of the values kept, this one among them
   */
  add(value: number): number {
    this.#values.push(value);
    this.#sum += value;
    if (this.#values.length > this.#size) this.#sum -= this.#values.shift()!;
    return this.#sum / this.#values.length;
  }
}
