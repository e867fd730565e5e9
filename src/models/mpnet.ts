/**
 * MPNet: BERT without types, whose attention adds biases by relative position, and whose positions begin
 * behind the id of padding.
 *
 * Source: Song et al., "MPNet: Masked and Permuted Pre-training for Language Understanding", 2020; names of
 * parameters and configuration as in Hugging Face's transformers.
 *
 * @module
 */
import { z } from "zod";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import { checkJson, type JsonObject } from "../io/json.ts";
import { Embeddings } from "../nn/embeddings.ts";
import { normal } from "../nn/initialize.ts";
import { RelativeBias } from "../nn/relative_bias.ts";
import { TransformerLayer, type TransformerLayerNames } from "../nn/transformer_layer.ts";
import {
  activation,
  type ActivationName,
  activationOf,
  count,
  layerCount,
  probability,
  withSizes,
} from "./config_fields.ts";
import { PostNormEncoder } from "./post_norm_encoder.ts";

/** The keys of `config.json` that decide what an MPNet computes. */
export interface MpNetConfig {
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
  /** Entries of the position table, of which the first two are not used. */
  max_position_embeddings: number;
  /** Rows of the table of biases. */
  relative_attention_num_buckets: 32;
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
}

/** The defaults are those of `transformers.MPNetConfig`, whose code wants 32 buckets. */
const SCHEMA: z.ZodType<MpNetConfig> = withSizes(
  z.object({
    vocab_size: count.default(30527),
    hidden_size: count.default(768),
    num_hidden_layers: layerCount.default(12),
    num_attention_heads: count.default(12),
    intermediate_size: count.default(3072),
    max_position_embeddings: z.int().min(3).default(512),
    relative_attention_num_buckets: z.literal(32).default(32),
    hidden_act: activation.default("gelu"),
    layer_norm_eps: z.number().positive().default(1e-12),
    initializer_range: z.number().positive().default(0.02),
    hidden_dropout_prob: probability.default(0.1),
    attention_probs_dropout_prob: probability.default(0.1),
  }),
  { width: "hidden_size", heads: "num_attention_heads", inner: "intermediate_size" },
);

const NAMES: TransformerLayerNames = {
  projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
  attentionOutput: "attention.attn.o",
  attentionNorm: "attention.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

/** The id of padding, whatever the configuration says. */
const PADDING = 1;
const MAX_DISTANCE = 128;

/** The encoder of MPNet, without its pooler. */
export class MpNet extends PostNormEncoder {
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
    const { hidden_size, num_attention_heads } = parsed;
    const initialize = normal(parsed.initializer_range, seed);
    const initializePadded = normal(parsed.initializer_range, seed, PADDING);
    const embeddings = new Embeddings(store, {
      prefix: "embeddings.",
      width: hidden_size,
      words: parsed.vocab_size,
      positions: parsed.max_position_embeddings,
      positionOffset: PADDING + 1,
      types: 0,
      epsilon: parsed.layer_norm_eps,
      dropout: parsed.hidden_dropout_prob,
      initialize,
      initializeWords: initializePadded,
      initializePositions: initializePadded,
    });
    const layers = Array.from(
      { length: parsed.num_hidden_layers },
      (_, i) =>
        new TransformerLayer(store, `encoder.layer.${i}.`, NAMES, {
          width: hidden_size,
          heads: num_attention_heads,
          intermediateWidth: parsed.intermediate_size,
          epsilon: parsed.layer_norm_eps,
          activation: activationOf(parsed.hidden_act),
          hiddenDropout: parsed.hidden_dropout_prob,
          attentionDropout: parsed.attention_probs_dropout_prob,
        }, initialize),
    );
    const relativeBias = new RelativeBias(store, {
      name: "encoder.relative_attention_bias",
      buckets: parsed.relative_attention_num_buckets,
      maxDistance: MAX_DISTANCE,
      heads: num_attention_heads,
      initialize,
    });
    super({
      prefix: "mpnet.",
      width: hidden_size,
      maxPositions: parsed.max_position_embeddings - PADDING - 1,
      vocabularySize: parsed.vocab_size,
      embeddings,
      layers,
      relativeBias,
    });
  }
}
