/**
 * The first layer of an encoder: words, and where there are tables positions and types, normalised.
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
  /** Names of the word table, without ".weight", and of the norm. Default: those of BERT. */
  names?: { readonly word: string; readonly norm: string };
  /** Columns of a token vector, C. */
  width: number;
  /** Entries of the word table. */
  words: number;
  /** Entries of the position table; 0 for no table. */
  positions: number;
  /** The entry of position 0. Default: 0. */
  positionOffset?: number;
  /** Entries of the type table; 0 for no table. */
  types: number;
  /** Added to variances. */
  epsilon: number;
  /** Whether the norm shifts columns. Default: true. */
  normBias?: boolean;
  /** Probability of dropping an element. */
  dropout: number;
  /** Initial values of types, and of positions if not said otherwise. */
  initialize: Initializer;
  /** Initial values of words. */
  initializeWords: Initializer;
  /** Initial values of positions. */
  initializePositions?: Initializer;
}

const BERT_NAMES = { word: "word_embeddings", norm: "LayerNorm" };

/** Sums a row of each table, adds noise where the tape asks for it, normalises, and drops elements. */
export class Embeddings {
  readonly #word: Parameter;
  readonly #position: Parameter | null;
  readonly #positionOffset: number;
  readonly #type: Parameter | null;
  readonly #norm: LayerNorm;
  readonly #dropout: number;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, init: EmbeddingsInit) {
    const { prefix, width, names = BERT_NAMES } = init;
    const table = (kind: string, rows: number, initialize: Initializer) => {
      const shape = [rows, width];
      const name = `${prefix}${kind}.weight`;
      return store.declare({ parts: [{ name, shape }], shape, decay: true, initialize });
    };
    const optional = (kind: string, rows: number, initialize: Initializer) =>
      rows === 0 ? null : table(kind, rows, initialize);
    const { initialize, initializePositions = initialize } = init;
    this.#word = table(names.word, init.words, init.initializeWords);
    this.#position = optional("position_embeddings", init.positions, initializePositions);
    this.#positionOffset = init.positionOffset ?? 0;
    this.#type = optional("token_type_embeddings", init.types, initialize);
    this.#norm = new LayerNorm(store, prefix + names.norm, width, init.epsilon, init.normBias);
    this.#dropout = init.dropout;
  }

  /** The word table, [words, C]. */
  get wordTable(): Tensor {
    return this.#word.value;
  }

  /** Runs the layer: T tokens to token vectors [T, C]; `noise: false` for none even where the tape asks. */
  forward(
    tape: Tape,
    { words, positions, sequenceStarts }: PackedInput,
    { noise = true }: { noise?: boolean } = {},
  ): Tensor {
    return tape.scope(() => {
      const sum = embedding(tape, {
        words,
        positions,
        word: this.#word.value,
        position: this.#position?.value,
        positionOffset: this.#positionOffset,
        type: this.#type?.value,
      });
      const noisy = neftuneNoise(tape, sum, {
        sequenceStarts,
        alpha: noise ? tape.neftuneNoiseAlpha : 0,
      });
      return dropout(tape, this.#norm.forward(tape, noisy), this.#dropout);
    });
  }
}
