/**
 * A growing list of places in a file.
 *
 * @module
 */

const CHUNK_LENGTH = 1 << 13;

/** Numbers up to 2^53 at 8 bytes each; growing copies nothing. */
export class Offsets {
  readonly #chunks: Float64Array[] = [];
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds one at the end. */
  push(offset: number): void {
    const index = this.#length++;
    if (index % CHUNK_LENGTH === 0) this.#chunks.push(new Float64Array(CHUNK_LENGTH));
    this.#chunks[Math.floor(index / CHUNK_LENGTH)][index % CHUNK_LENGTH] = offset;
  }

  /**
   * One of them.
   *
   * @param index Its index.
   * @returns The offset.
   * @throws {RangeError} If there is no such index.
   */
  at(index: number): number {
    if (!(Number.isInteger(index) && index >= 0 && index < this.#length)) {
      throw new RangeError(`Cannot read offset ${index}: there are ${this.#length}`);
    }
    return this.#chunks[Math.floor(index / CHUNK_LENGTH)][index % CHUNK_LENGTH];
  }
}
