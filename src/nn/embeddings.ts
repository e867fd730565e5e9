/**
 * The first layer of an encoder: words, positions and types, normalised.
 *
 * @module
 */
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { dropout } from "../ops/dropout.ts";
import { embedding } from "../ops/embedding.ts";
import { neftuneNoise } from "../ops/neftune_noise.ts";
import type { Tape } from "../ops/tape.ts";
import type { Initializer } from "./initialize.ts";
import { LayerNorm } from "./layer_norm.ts";
import type { PackedInput } from "./packed_input.ts";

/** What {@linkcode Embeddings} are made of. */
export interface EmbeddingsInit {
  /** What precedes the names of the tables in files, with a dot at its end. */
  prefix: string;
  /** Columns of a token vector, C. */
  width: number;
  /** Entries of the word table. */
  words: number;
  /** Entries of the position table. */
  positions: number;
  /** Entries of the type table. */
  types: number;
  /** Added to variances. */
  epsilon: number;
  /** Probability of dropping an element. */
  dropout: number;
  /** Initial values of positions and types. */
  initialize: Initializer;
  /** Initial values of words. */
  initializeWords: Initializer;
}

/** Sums a row of each table, adds noise where the tape asks for it, normalises, and drops elements. */
export class Embeddings {
  readonly #word: Parameter;
  readonly #position: Parameter;
  readonly #type: Parameter;
  readonly #norm: LayerNorm;
  readonly #dropout: number;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, init: EmbeddingsInit) {
    const { prefix, width } = init;
    const table = (kind: string, rows: number, initialize: Initializer) => {
      const shape = [rows, width];
      const name = `${prefix}${kind}_embeddings.weight`;
      return store.declare({ parts: [{ name, shape }], shape, decay: true, initialize });
    };
    this.#word = table("word", init.words, init.initializeWords);
    this.#position = table("position", init.positions, init.initialize);
    this.#type = table("token_type", init.types, init.initialize);
    this.#norm = new LayerNorm(store, `${prefix}LayerNorm`, width, init.epsilon);
    this.#dropout = init.dropout;
  }

  /** Runs the layer: T tokens to token vectors [T, C]. */
  forward(tape: Tape, { words, positions, sequenceStarts }: PackedInput): Tensor {
    return tape.scope(() => {
      const sum = embedding(tape, {
        words,
        positions,
        word: this.#word.value,
        position: this.#position.value,
        type: this.#type.value,
      });
      const noisy = neftuneNoise(tape, sum, { sequenceStarts, alpha: tape.neftuneNoiseAlpha });
      return dropout(tape, this.#norm.forward(tape, noisy), this.#dropout);
    });
  }
}
