/**
 * sentrain's model of a step.
 *
 * @module
 */
import { bertVocabulary } from "../../src/data/bert_vocabulary.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { SEED, type StepConfig } from "./task.ts";

/**
 * Makes a model with its seeded weights.
 *
 * @param gpu The device.
 * @param config Its sizes; the vocabulary is cut to theirs.
 * @param trainable Whether it will be trained.
 * @returns The model.
 */
export async function stepModel(
  gpu: Gpu,
  config: StepConfig,
  trainable: boolean,
): Promise<SentenceTransformer> {
  const vocabulary = (await bertVocabulary()).slice(0, config.vocab_size);
  return SentenceTransformer.create(gpu, {
    tokenizer: Tokenizer.fromVocabulary(vocabulary),
    seed: SEED,
    trainable,
    config: {
      architectures: ["BertModel"],
      model_type: "bert",
      ...config,
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
