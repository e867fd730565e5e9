/**
 * Reads texts out of their embeddings.
 *
 * @module
 */
import type { ShiftedBatch } from "../data/shift_tokens.ts";
import { UsageError } from "../errors.ts";
import { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { normal } from "../nn/initialize.ts";
import { LanguageHead } from "../nn/language_head.ts";
import { uploadPackedInput } from "../nn/packed_input.ts";
import { SingleKeyAttention } from "../nn/single_key_attention.ts";
import type { Tape } from "../ops/tape.ts";
import { PostNormEncoder } from "./post_norm_encoder.ts";
import type { SentenceTransformer } from "./sentence_transformer.ts";

/** How to make a {@linkcode Decoder}. */
export interface DecoderOptions {
  /** Whether its embeddings, attention and feed-forward parts are the encoder's, or a copy of them. */
  readonly tied: boolean;
  /** Seed of initial values. */
  readonly seed: number;
  /** The most bytes of logits at a time. Default: 32 MiB. */
  readonly chunkBytes?: number;
}

/** What precedes the names of its parameters. */
const PREFIX = "decoder.";
/** Those that transformers has a language model with cross-attention for. */
const MODEL_TYPES = ["bert", "roberta", "camembert", "xlm-roberta"];
/** BERT's, where a configuration says nothing. */
const DEVIATION = 0.02;

/**
 * A model's encoder as a decoder: each token sees those before it and the embedding of the text, and says
 * which token comes next. Attention to the embedding and the head are its own.
 *
 * Source: Wang et al., "TSDAE", 2021; `transformers.BertLMHeadModel` with `add_cross_attention`.
 */
export class Decoder {
  /** Its parameters, beside those of the encoder where it is tied. */
  readonly stores: readonly ParameterStore[];
  readonly #encoder: PostNormEncoder;
  readonly #cross: readonly SingleKeyAttention[];
  readonly #head: LanguageHead;
  readonly #memoryWidth: number;

  /**
   * Gives its own parameters their places and initial values.
   *
   * @param model The model whose embeddings it reads.
   * @param options Whether it shares parameters, and the seed.
   * @throws {UsageError} If the model's encoder cannot be a decoder.
   */
  constructor(model: SentenceTransformer, { tied, seed, chunkBytes }: DecoderOptions) {
    const encoder = decodable(model);
    const copy = tied ? null : model.clone(PREFIX);
    this.#encoder = copy === null ? encoder : decodable(copy);
    this.#memoryWidth = model.fullDimension;
    const { initializer_range } = model.config;
    const deviation = typeof initializer_range === "number" ? initializer_range : DEVIATION;
    const initialize = normal(deviation, seed);
    const own = new ParameterStore(model.gpu, { prefix: PREFIX });
    this.#cross = encoder.layerConfigs.map((config, i) =>
      new SingleKeyAttention(own, {
        ...config,
        prefix: `encoder.layer.${i}.crossattention.`,
        memoryWidth: model.fullDimension,
        initialize,
      })
    );
    const [{ epsilon, activation = "gelu" }] = encoder.layerConfigs;
    this.#head = new LanguageHead(own, {
      prefix: "cls.predictions.",
      width: encoder.width,
      words: encoder.vocabularySize,
      epsilon,
      activation,
      initialize,
      chunkBytes,
    });
    own.allocate(() => null, true);
    this.stores = copy === null ? [own] : [own, copy.store];
  }

  /**
   * Says texts again.
   *
   * @param tape Runs and records.
   * @param embeddings What it knows of them, [S, C].
   * @param texts Their tokens.
   * @returns The mean cross entropy of all tokens but the first of each text, a scalar.
   * @throws {UsageError} If embeddings are not those of the model, or no text has two tokens.
   */
  reconstruct(tape: Tape, embeddings: Tensor, { batch, targets }: ShiftedBatch): Tensor {
    if (embeddings.columns !== this.#memoryWidth) {
      throw new UsageError(
        `Cannot read texts out of embeddings: found ${embeddings.columns} numbers each, wanted ${this.#memoryWidth}; do not use DenoisingAutoEncoderLoss in a loss that cuts embeddings`,
      );
    }
    if (targets.length === 0) {
      throw new UsageError(
        "Cannot read texts out of embeddings: no text of the batch has two tokens, special ones included; leave such texts out",
      );
    }
    return tape.scope(() => {
      const input = uploadPackedInput(tape, batch);
      const memory = { vectors: embeddings, sequenceStarts: input.sequenceStarts };
      const hidden = this.#encoder.decode(
        tape,
        input,
        (x, layer) => this.#cross[layer].forward(tape, x, memory),
      );
      return this.#head.loss(tape, hidden, { table: this.#encoder.wordTable, targets });
    });
  }
}

function decodable({ config, first }: SentenceTransformer): PostNormEncoder {
  const type = config.model_type;
  if (first instanceof PostNormEncoder && MODEL_TYPES.some((name) => name === type)) return first;
  throw new UsageError(
    `Cannot make a decoder of the model: model_type is ${
      JSON.stringify(type) ?? "missing"
    }, which does not support being as a decoder; wanted one of ${MODEL_TYPES.join(", ")}`,
  );
}
