/**
 * sentrain's model of the standard step.
 *
 * @module
 */
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { SEED, STANDARD } from "./task.ts";

/**
 * Makes the model with its seeded weights.
 *
 * @param gpu The device.
 * @param trainable Whether it will be trained.
 * @returns The model.
 */
export async function standardModel(gpu: Gpu, trainable: boolean): Promise<SentenceTransformer> {
  const vocabulary = (await bertVocabulary()).slice(0, STANDARD.config.vocab_size);
  return SentenceTransformer.create(gpu, {
    tokenizer: Tokenizer.fromVocabulary(vocabulary),
    seed: SEED,
    trainable,
    config: {
      architectures: ["BertModel"],
      model_type: "bert",
      ...STANDARD.config,
      hidden_act: "gelu",
      hidden_dropout_prob: 0,
      attention_probs_dropout_prob: 0,
      type_vocab_size: 2,
      initializer_range: 0.02,
      pad_token_id: 0,
      position_embedding_type: "absolute",
    },
  });
}
