/**
 * What every architecture offers: token ids in, token vectors out.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { PackedInput } from "../nn/packed_input.ts";
import type { Tape } from "../ops/tape.ts";

/** An encoder whose parameters are declared. */
export interface Encoder {
  /** What precedes the names of parameters in checkpoints with a task's head. */
  readonly prefix: string;
  /** Columns of a token vector, C. */
  readonly width: number;
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
  /** Entries of the word table, V. */
  readonly vocabularySize: number;
  /**
   * Runs the encoder.
   *
   * @param tape Runs and records.
   * @param input A batch of T tokens.
   * @returns Token vectors, [T, C].
   */
  forward(tape: Tape, input: PackedInput): Tensor;
  /**
   * Runs the encoder and keeps what every layer gives.
   *
   * @param tape Runs and records.
   * @param input A batch of T tokens.
   * @returns Token vectors after each layer, [T, C]; the last are those of {@linkcode forward}.
   */
  forwardLayers(tape: Tape, input: PackedInput): Tensor[];
}
