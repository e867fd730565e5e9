/**
 * The encoder that is trained where no other is given.
 *
 * @module
 */
import { bertVocabulary } from "../data/bert_vocabulary.ts";
import { Tokenizer } from "../data/tokenizer.ts";
import type { Gpu } from "../gpu/device.ts";
import { type LoadOptions, SentenceTransformer } from "./sentence_transformer.ts";

/**
 * Makes the small encoder: 2 layers, 128 columns, 4.4 million parameters, BERT's English vocabulary.
 *
 * @param gpu The device.
 * @param options Seed, length (default: 128) and whether it will be trained (default: true).
 * @returns The model.
 */
export async function newSmallModel(
  gpu: Gpu,
  { seed, maxSequenceLength = 128, trainable = true }: LoadOptions = {},
): Promise<SentenceTransformer> {
  const vocabulary = await bertVocabulary();
  return SentenceTransformer.create(gpu, {
    tokenizer: Tokenizer.fromVocabulary(vocabulary),
    maxSequenceLength,
    seed,
    trainable,
    config: {
      architectures: ["BertModel"],
      model_type: "bert",
      vocab_size: vocabulary.length,
      hidden_size: 128,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      intermediate_size: 512,
      hidden_act: "gelu",
      // A run sees every row about once: dropout would only slow it down.
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
      max_position_embeddings: 512,
      type_vocab_size: 2,
      initializer_range: 0.02,
      layer_norm_eps: 1e-12,
      pad_token_id: 0,
      position_embedding_type: "absolute",
    },
  });
}
