/**
 * Cosines and sines of rotary positions.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";

/** The table of one base, which grows with the longest sequence. */
export class RotaryTurns {
  readonly #base: number;
  readonly #width: number;
  #table = new Float32Array(0);

  /**
   * An empty table.
   *
   * @param base What the wavelengths are powers of; "theta" in configurations.
   * @param width Columns of a head, D.
   */
  constructor(base: number, width: number) {
    this.#base = base;
    this.#width = width;
  }

  /**
   * Brings the table to the GPU: of position p, the cosines of p base^(-2 i / D) for i < D / 2, then the
   * sines. Angles are computed in double precision.
   *
   * @param tape Owns it.
   * @param positions Positions from 0 on that are wanted, P.
   * @returns [P, D].
   */
  upload(tape: Tape, positions: number): Tensor {
    const size = positions * this.#width;
    if (this.#table.length < size) this.#table = this.#compute(Math.ceil(positions / 64) * 64);
    return tape.upload(
      [positions, this.#width],
      this.#table.subarray(0, size),
      `turns of base ${this.#base}`,
    );
  }

  #compute(positions: number): Float32Array<ArrayBuffer> {
    const width = this.#width;
    const half = width / 2;
    const table = new Float32Array(positions * width);
    for (let i = 0; i < half; i++) {
      const frequency = this.#base ** (-2 * i / width);
      for (let position = 0; position < positions; position++) {
        table[position * width + i] = Math.cos(position * frequency);
        table[position * width + half + i] = Math.sin(position * frequency);
      }
    }
    return table;
  }
}
