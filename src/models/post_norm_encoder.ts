/**
 * The encoder that BERT, RoBERTa, DistilBERT and MPNet share: embeddings, then layers that normalise their
 * residual sums. What differs is said by its parts.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Embeddings } from "../nn/embeddings.ts";
import type { PackedInput } from "../nn/packed_input.ts";
import type { RelativeBias } from "../nn/relative_bias.ts";
import type { TransformerLayer, TransformerLayerConfig } from "../nn/transformer_layer.ts";
import type { Tape } from "../ops/tape.ts";
import type { Encoder } from "./encoder.ts";

/** What a {@linkcode PostNormEncoder} is made of; the parts have declared their parameters. */
export interface PostNormEncoderInit {
  /** What precedes the names in checkpoints with a task's head. */
  prefix: string;
  /** Columns of a token vector, C. */
  width: number;
  /** The longest sequence, in tokens. */
  maxPositions: number;
  /** Entries of the word table, V. */
  vocabularySize: number;
  /** The first layer. */
  embeddings: Embeddings;
  /** The others, in order. */
  layers: readonly TransformerLayer[];
  /** What the attention of every layer adds to its scores. Default: nothing. */
  relativeBias?: RelativeBias;
}

/** Embeddings, then layers of attention and feed-forward. */
export class PostNormEncoder implements Encoder {
  /** What precedes the names in checkpoints with a task's head. */
  readonly prefix: string;
  /** Columns of a token vector, C. */
  readonly width: number;
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
  /** Entries of the word table, V. */
  readonly vocabularySize: number;
  readonly #init: PostNormEncoderInit;

  /**
   * Puts the parts together.
   *
   * @param init The parts.
   */
  constructor(init: PostNormEncoderInit) {
    this.prefix = init.prefix;
    this.width = init.width;
    this.maxPositions = init.maxPositions;
    this.vocabularySize = init.vocabularySize;
    this.#init = init;
  }

  /** The word table, [V, C]. */
  get wordTable(): Tensor {
    return this.#init.embeddings.wordTable;
  }

  /** Sizes and probabilities of each layer, in order. */
  get layerConfigs(): readonly TransformerLayerConfig[] {
    return this.#init.layers.map(({ config }) => config);
  }

  /**
   * Runs the same layers as a decoder: a token sees itself and those before it. No layer runs again for
   * backward, and embeddings get no noise.
   *
   * @param tape Runs and records.
   * @param input A batch of T tokens.
   * @param cross What comes between the attention of a layer, of which it gets the index, and its
   *   feed-forward part.
   * @returns Token vectors, [T, C].
   */
  decode(tape: Tape, input: PackedInput, cross: (x: Tensor, layer: number) => Tensor): Tensor {
    const { embeddings, layers } = this.#init;
    return layers.reduce(
      (x, layer, i) => layer.decode(tape, x, { input, cross: (y) => cross(y, i) }),
      embeddings.forward(tape, input, { noise: false }),
    );
  }

  /** Runs the encoder: T tokens to token vectors [T, C]. */
  forward(tape: Tape, input: PackedInput): Tensor {
    return this.forwardLayers(tape, input).at(-1)!;
  }

  /** Runs the encoder: T tokens to the token vectors [T, C] after each layer. */
  forwardLayers(tape: Tape, input: PackedInput): Tensor[] {
    const { embeddings, layers, relativeBias } = this.#init;
    const bias = relativeBias?.forAttention(tape);
    let hidden = embeddings.forward(tape, input);
    return layers.map((layer, i) => {
      const x = hidden;
      hidden = tape.recomputes(i)
        ? tape.checkpoint(x, (inner) => layer.forward(inner, x, input, bias))
        : layer.forward(tape, x, input, bias);
      return hidden;
    });
  }
}
