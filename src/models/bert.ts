/**
 * BERT: embeddings of words, positions and types, then transformer layers.
 *
 * Source: Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers", 2019; names of
 * parameters and configuration as in Hugging Face's transformers.
 *
 * @module
 */
import { z } from "zod";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { checkJson, type JsonObject } from "../io/json.ts";
import { Embeddings } from "../nn/embeddings.ts";
import { normal } from "../nn/initialize.ts";
import type { PackedInput } from "../nn/packed_input.ts";
import { TransformerLayer, type TransformerLayerNames } from "../nn/transformer_layer.ts";
import type { Tape } from "../ops/tape.ts";
import type { Encoder } from "./encoder.ts";

/** The keys of `config.json` that decide what a BERT computes. */
export interface BertConfig {
  /** Entries of the word table, V. */
  vocab_size: number;
  /** Columns of a token vector, C. */
  hidden_size: number;
  /** Layers. */
  num_hidden_layers: number;
  /** Heads, H. */
  num_attention_heads: number;
  /** Columns between the two feed-forward layers, F. */
  intermediate_size: number;
  /** Entries of the position table. */
  max_position_embeddings: number;
  /** Entries of the type table. */
  type_vocab_size: number;
  /** Activation between the feed-forward layers. */
  hidden_act: "gelu";
  /** Added to variances. */
  layer_norm_eps: number;
  /** Standard deviation of initial weights. */
  initializer_range: number;
  /** Probability of dropping an element of a branch. */
  hidden_dropout_prob: number;
  /** Probability of dropping an attention weight. */
  attention_probs_dropout_prob: number;
  /** The id of padding, whose initial vector is zero. */
  pad_token_id: number;
  /** How positions enter. */
  position_embedding_type: "absolute";
  /** Whether a token sees only those before it. */
  is_decoder: false;
}

const count = z.int().min(1);
const probability = z.number().min(0).lt(1);

/** The defaults are those of `transformers.BertConfig`. */
const SCHEMA: z.ZodType<BertConfig> = z.object({
  vocab_size: count.default(30522),
  hidden_size: count.default(768),
  num_hidden_layers: count.default(12),
  num_attention_heads: count.default(12),
  intermediate_size: count.default(3072),
  max_position_embeddings: count.default(512),
  type_vocab_size: count.default(2),
  hidden_act: z.literal("gelu").default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-12),
  initializer_range: z.number().positive().default(0.02),
  hidden_dropout_prob: probability.default(0.1),
  attention_probs_dropout_prob: probability.default(0.1),
  pad_token_id: z.int().min(0).default(0),
  position_embedding_type: z.literal("absolute").default("absolute"),
  is_decoder: z.literal(false).default(false),
}).refine(({ hidden_size, num_attention_heads }) => hidden_size % num_attention_heads === 0, {
  path: ["num_attention_heads"],
  message: "does not divide hidden_size",
}).refine(
  ({ hidden_size, num_attention_heads }) => isHeadWidth(hidden_size / num_attention_heads),
  {
    path: ["num_attention_heads"],
    message: "hidden_size over it is the width of a head, wanted a multiple of 4 up to 128",
  },
).refine(({ intermediate_size }) => intermediate_size % 4 === 0, {
  path: ["intermediate_size"],
  message: "wanted a multiple of 4",
});

/** What the attention kernels take. */
function isHeadWidth(width: number): boolean {
  return width % 4 === 0 && width <= 128;
}

const NAMES: TransformerLayerNames = {
  projections: ["attention.self.query", "attention.self.key", "attention.self.value"],
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

/** The encoder of BERT, without its pooler. */
export class Bert implements Encoder {
  /** What precedes the names in checkpoints with a task's head. */
  readonly prefix = "bert.";
  /** Columns of a token vector, C. */
  readonly width: number;
  /** The longest sequence, in tokens. */
  readonly maxPositions: number;
  /** Entries of the word table, V. */
  readonly vocabularySize: number;
  readonly #embeddings: Embeddings;
  readonly #layers: readonly TransformerLayer[];

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param config The content of `config.json`.
   * @param seed Seed of initial values.
   * @param source Name of the configuration's file, for messages.
   * @throws {InputError} If the configuration has no sense, or asks for what is not supported.
   */
  constructor(store: ParameterStore, config: JsonObject, seed: number, source = "config.json") {
    const parsed = checkJson(SCHEMA, config, source);
    const initialize = normal(parsed.initializer_range, seed);
    this.width = parsed.hidden_size;
    this.maxPositions = parsed.max_position_embeddings;
    this.vocabularySize = parsed.vocab_size;
    this.#embeddings = new Embeddings(store, {
      prefix: "embeddings.",
      width: parsed.hidden_size,
      words: parsed.vocab_size,
      positions: parsed.max_position_embeddings,
      types: parsed.type_vocab_size,
      epsilon: parsed.layer_norm_eps,
      dropout: parsed.hidden_dropout_prob,
      initialize,
      initializeWords: normal(parsed.initializer_range, seed, parsed.pad_token_id),
    });
    this.#layers = Array.from(
      { length: parsed.num_hidden_layers },
      (_, i) =>
        new TransformerLayer(store, `encoder.layer.${i}.`, NAMES, {
          width: parsed.hidden_size,
          heads: parsed.num_attention_heads,
          intermediateWidth: parsed.intermediate_size,
          epsilon: parsed.layer_norm_eps,
          hiddenDropout: parsed.hidden_dropout_prob,
          attentionDropout: parsed.attention_probs_dropout_prob,
        }, initialize),
    );
  }

  /** Runs the encoder: T tokens to token vectors [T, C]. */
  forward(tape: Tape, input: PackedInput): Tensor {
    let hidden = this.#embeddings.forward(tape, input);
    this.#layers.forEach((layer, i) => {
      const x = hidden;
      hidden = tape.recomputes(i)
        ? tape.checkpoint(x, (inner) => layer.forward(inner, x, input))
        : layer.forward(tape, x, input);
    });
    return hidden;
  }
}
