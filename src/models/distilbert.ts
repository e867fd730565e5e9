/**
 * DistilBERT: BERT without types, under names of its own.
 *
 * Source: Sanh et al., "DistilBERT, a distilled version of BERT", 2019; names of parameters and
 * configuration as in Hugging Face's transformers.
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

/** The keys of `config.json` that decide what a DistilBERT computes. */
export interface DistilBertConfig {
  /** Entries of the word table, V. */
  vocab_size: number;
  /** Columns of a token vector, C. */
  dim: number;
  /** Layers. */
  n_layers: number;
  /** Heads, H. */
  n_heads: number;
  /** Columns between the two feed-forward layers, F. */
  hidden_dim: number;
  /** Entries of the position table. */
  max_position_embeddings: number;
  /** Whether positions are fixed sines, which are not trained. */
  sinusoidal_pos_embds: false;
  /** Activation between the feed-forward layers. */
  activation: ActivationName;
  /** Standard deviation of initial weights. */
  initializer_range: number;
  /** Probability of dropping an element of the embeddings and of a feed-forward branch. */
  dropout: number;
  /** Probability of dropping an attention weight. */
  attention_dropout: number;
  /** The id of padding, whose initial vector is zero. */
  pad_token_id: number;
}

/** The defaults are those of `transformers.DistilBertConfig`. */
const SCHEMA: z.ZodType<DistilBertConfig> = withSizes(
  z.object({
    vocab_size: count.default(30522),
    dim: count.default(768),
    n_layers: layerCount.default(6),
    n_heads: count.default(12),
    hidden_dim: count.default(3072),
    max_position_embeddings: count.default(512),
    sinusoidal_pos_embds: z.literal(false).default(false),
    activation: activation.default("gelu"),
    initializer_range: z.number().positive().default(0.02),
    dropout: probability.default(0.1),
    attention_dropout: probability.default(0.1),
    pad_token_id: tokenId.default(0),
  }),
  { width: "dim", heads: "n_heads", inner: "hidden_dim" },
);

const NAMES: TransformerLayerNames = {
  projections: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
  attentionOutput: "attention.out_lin",
  attentionNorm: "sa_layer_norm",
  intermediate: "ffn.lin1",
  output: "ffn.lin2",
  outputNorm: "output_layer_norm",
};

/** Added to variances; no key of the configuration. */
const EPSILON = 1e-12;

/** The encoder of DistilBERT. Its attention drops weights, but no element of its branch. */
export class DistilBert extends PostNormEncoder {
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
      width: parsed.dim,
      words: parsed.vocab_size,
      positions: parsed.max_position_embeddings,
      types: 0,
      epsilon: EPSILON,
      dropout: parsed.dropout,
      initialize,
      initializeWords: normal(parsed.initializer_range, seed, parsed.pad_token_id),
    });
    const layers = Array.from(
      { length: parsed.n_layers },
      (_, i) =>
        new TransformerLayer(store, `transformer.layer.${i}.`, NAMES, {
          width: parsed.dim,
          heads: parsed.n_heads,
          intermediateWidth: parsed.hidden_dim,
          epsilon: EPSILON,
          activation: activationOf(parsed.activation),
          hiddenDropout: parsed.dropout,
          attentionOutputDropout: 0,
          attentionDropout: parsed.attention_dropout,
        }, initialize),
    );
    super({
      prefix: "distilbert.",
      width: parsed.dim,
      maxPositions: parsed.max_position_embeddings,
      vocabularySize: parsed.vocab_size,
      embeddings,
      layers,
    });
  }
}
