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
import { checkJson, type JsonObject } from "../io/json.ts";
import { Embeddings } from "../nn/embeddings.ts";
import { normal } from "../nn/initialize.ts";
import { TransformerLayer, type TransformerLayerNames } from "../nn/transformer_layer.ts";
import {
  activation,
  type ActivationName,
  activationOf,
  count,
  layerCount,
  probability,
  tokenId,
  withSizes,
} from "./config_fields.ts";
import { PostNormEncoder } from "./post_norm_encoder.ts";

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
  hidden_act: ActivationName;
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

/**
 * The fields of BERT's kin.
 *
 * @param defaults The defaults in which the classes of transformers differ.
 * @returns Their schema.
 */
export function bertFields(
  defaults: Pick<BertConfig, "vocab_size" | "pad_token_id">,
): z.ZodType<BertConfig> {
  return withSizes(
    z.object({
      vocab_size: count.default(defaults.vocab_size),
      hidden_size: count.default(768),
      num_hidden_layers: layerCount.default(12),
      num_attention_heads: count.default(12),
      intermediate_size: count.default(3072),
      max_position_embeddings: count.default(512),
      type_vocab_size: count.default(2),
      hidden_act: activation.default("gelu"),
      layer_norm_eps: z.number().positive().default(1e-12),
      initializer_range: z.number().positive().default(0.02),
      hidden_dropout_prob: probability.default(0.1),
      attention_probs_dropout_prob: probability.default(0.1),
      pad_token_id: tokenId.default(defaults.pad_token_id),
      position_embedding_type: z.literal("absolute").default("absolute"),
      is_decoder: z.literal(false).default(false),
    }),
    { width: "hidden_size", heads: "num_attention_heads", inner: "intermediate_size" },
  );
}

/** The defaults are those of `transformers.BertConfig`. */
const SCHEMA = bertFields({ vocab_size: 30522, pad_token_id: 0 });

/** Names of a layer's parts in BERT and its kin. */
const BERT_LAYER_NAMES: TransformerLayerNames = {
  projections: ["attention.self.query", "attention.self.key", "attention.self.value"],
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

/**
 * Declares the layers of BERT or of its kin.
 *
 * @param store Where their parameters live.
 * @param config The configuration.
 * @param initialize Draws initial values.
 * @returns The layers, in order.
 */
export function bertLayers(
  store: ParameterStore,
  config: BertConfig,
  initialize: ReturnType<typeof normal>,
): TransformerLayer[] {
  return Array.from(
    { length: config.num_hidden_layers },
    (_, i) =>
      new TransformerLayer(store, `encoder.layer.${i}.`, BERT_LAYER_NAMES, {
        width: config.hidden_size,
        heads: config.num_attention_heads,
        intermediateWidth: config.intermediate_size,
        epsilon: config.layer_norm_eps,
        activation: activationOf(config.hidden_act),
        hiddenDropout: config.hidden_dropout_prob,
        attentionDropout: config.attention_probs_dropout_prob,
      }, initialize),
  );
}

/** The encoder of BERT, without its pooler. */
export class Bert extends PostNormEncoder {
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
    const embeddings = new Embeddings(store, {
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
    const layers = bertLayers(store, parsed, initialize);
    super({
      prefix: "bert.",
      width: parsed.hidden_size,
      maxPositions: parsed.max_position_embeddings,
      vocabularySize: parsed.vocab_size,
      embeddings,
      layers,
    });
  }
}
