/**
 * RoBERTa, XLM-RoBERTa and CamemBERT: BERT whose positions begin behind the id of padding.
 *
 * Source: Liu et al., "RoBERTa: A Robustly Optimized BERT Pretraining Approach", 2019; Conneau et al.,
 * "Unsupervised Cross-lingual Representation Learning at Scale", 2020; names of parameters and
 * configuration as in Hugging Face's transformers.
 *
 * @module
 */
import { z } from "zod";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import { checkJson, type JsonObject } from "../io/json.ts";
import { Embeddings } from "../nn/embeddings.ts";
import { normal } from "../nn/initialize.ts";
import { TransformerLayer } from "../nn/transformer_layer.ts";
import { BERT_LAYER_NAMES } from "./bert.ts";
import {
  activation,
  type ActivationName,
  activationOf,
  count,
  probability,
  tokenId,
  withSizes,
} from "./config_fields.ts";
import { PostNormEncoder } from "./post_norm_encoder.ts";

/** The keys of `config.json` that decide what a RoBERTa computes. */
export interface RobertaConfig {
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
  /** Entries of the position table; the first `pad_token_id + 1` of them are not used. */
  max_position_embeddings: number;
  /** Entries of the type table. */
  type_vocab_size: number;
  /** Activation between the feed-forward layers. */
  hidden_act: ActivationName;
  /** Added to variances. */
  layer_norm_eps: number;
  /** Standard deviation of initial weights. */
  initializer_range: number;
  /** Probability of dropping an element of a branch. */
  hidden_dropout_prob: number;
  /** Probability of dropping an attention weight. */
  attention_probs_dropout_prob: number;
  /** The id of padding, whose initial vectors are zero. */
  pad_token_id: number;
  /** How positions enter. */
  position_embedding_type: "absolute";
  /** Whether a token sees only those before it. */
  is_decoder: false;
}

/** The defaults are those of `transformers.RobertaConfig`. */
const SCHEMA: z.ZodType<RobertaConfig> = withSizes(
  z.object({
    vocab_size: count.default(50265),
    hidden_size: count.default(768),
    num_hidden_layers: count.default(12),
    num_attention_heads: count.default(12),
    intermediate_size: count.default(3072),
    max_position_embeddings: count.default(512),
    type_vocab_size: count.default(2),
    hidden_act: activation.default("gelu"),
    layer_norm_eps: z.number().positive().default(1e-12),
    initializer_range: z.number().positive().default(0.02),
    hidden_dropout_prob: probability.default(0.1),
    attention_probs_dropout_prob: probability.default(0.1),
    pad_token_id: tokenId.default(1),
    position_embedding_type: z.literal("absolute").default("absolute"),
    is_decoder: z.literal(false).default(false),
  }),
  { width: "hidden_size", heads: "num_attention_heads", inner: "intermediate_size" },
).refine(
  ({ max_position_embeddings, pad_token_id }) => max_position_embeddings > pad_token_id + 1,
  {
    path: ["max_position_embeddings"],
    message: "leaves no position behind those up to pad_token_id",
  },
);

/**
 * The encoder of RoBERTa, without its pooler. Positions count from `pad_token_id + 1` on, so that a
 * sequence has at most `max_position_embeddings - pad_token_id - 1` tokens.
 */
export class Roberta extends PostNormEncoder {
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
    const { hidden_size, pad_token_id } = parsed;
    const initialize = normal(parsed.initializer_range, seed);
    const initializePadded = normal(parsed.initializer_range, seed, pad_token_id);
    const embeddings = new Embeddings(store, {
      prefix: "embeddings.",
      width: hidden_size,
      words: parsed.vocab_size,
      positions: parsed.max_position_embeddings,
      positionOffset: pad_token_id + 1,
      types: parsed.type_vocab_size,
      epsilon: parsed.layer_norm_eps,
      dropout: parsed.hidden_dropout_prob,
      initialize,
      initializeWords: initializePadded,
      initializePositions: initializePadded,
    });
    const layers = Array.from(
      { length: parsed.num_hidden_layers },
      (_, i) =>
        new TransformerLayer(store, `encoder.layer.${i}.`, BERT_LAYER_NAMES, {
          width: hidden_size,
          heads: parsed.num_attention_heads,
          intermediateWidth: parsed.intermediate_size,
          epsilon: parsed.layer_norm_eps,
          activation: activationOf(parsed.hidden_act),
          hiddenDropout: parsed.hidden_dropout_prob,
          attentionDropout: parsed.attention_probs_dropout_prob,
        }, initialize),
    );
    super({
      prefix: "roberta.",
      width: hidden_size,
      maxPositions: parsed.max_position_embeddings - pad_token_id - 1,
      vocabularySize: parsed.vocab_size,
      embeddings,
      layers,
    });
  }
}
