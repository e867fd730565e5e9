/**
 * RoBERTa, XLM-RoBERTa and CamemBERT: BERT whose positions begin behind the id of padding.
 *
 * Source: Liu et al., "RoBERTa: A Robustly Optimized BERT Pretraining Approach", 2019; Conneau et al.,
 * "Unsupervised Cross-lingual Representation Learning at Scale", 2020; names of parameters and
 * configuration as in Hugging Face's transformers.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import { checkJson, type JsonObject } from "../io/json.ts";
import { Embeddings } from "../nn/embeddings.ts";
import { normal } from "../nn/initialize.ts";
import { bertFields, bertLayers } from "./bert.ts";
import { PostNormEncoder } from "./post_norm_encoder.ts";

/** The keys are BERT's; the defaults are those of `transformers.RobertaConfig`. */
const SCHEMA = bertFields({ vocab_size: 50265, pad_token_id: 1 }).refine(
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
    const layers = bertLayers(store, parsed, initialize);
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
