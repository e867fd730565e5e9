/**
 * `config_sentence_transformers.json` and `sentence_bert_config.json`: prompts, similarity and limits
 * of a sentence embedding model.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { SIMILARITIES, type Similarity } from "../evaluators/similarity.ts";
import { checkJson, type JsonObject } from "./json.ts";

/** The release of sentence-transformers whose layout is written; a newer reader accepts it too. */
const LAYOUT_VERSION = "3.0.1";

/** What belongs to a model as a whole. */
export interface SentenceConfig {
  /** Text to put before a sentence, by the name of its use, as "query". */
  readonly prompts: Readonly<Record<string, string>>;
  /** The prompt that is used when none is asked for. */
  readonly defaultPromptName: string | null;
  /** How embeddings are compared. */
  readonly similarity: Similarity;
  /** How many dimensions of an embedding are kept; null for all. */
  readonly truncateDim: number | null;
}

const sentenceSchema = z.object({
  prompts: z.record(z.string(), z.string()).nullish(),
  default_prompt_name: z.string().nullish(),
  similarity_fn_name: z.enum(SIMILARITIES).nullish(),
  truncate_dim: z.int().positive().nullish(),
});

/**
 * Reads `config_sentence_transformers.json`.
 *
 * @param value The parsed file; an empty object stands for a missing one.
 * @param source Its name, for error messages.
 * @returns Prompts, similarity and dimensions; cosine and all of them where the file does not tell.
 * @throws {InputError} When a value has the wrong type, or the default prompt is not among the prompts.
 */
export function parseSentenceConfig(value: JsonObject, source: string): SentenceConfig {
  const config = checkJson(sentenceSchema, value, source);
  const prompts = config.prompts ?? {};
  const defaultPromptName = config.default_prompt_name ?? null;
  if (defaultPromptName !== null && !Object.hasOwn(prompts, defaultPromptName)) {
    const known = Object.keys(prompts).map((name) => `"${name}"`).join(", ");
    throw new InputError(
      `Cannot read ${source}: the default prompt "${defaultPromptName}" is not among the prompts; ` +
        `found ${known === "" ? "none" : known}`,
    );
  }
  return {
    prompts,
    defaultPromptName,
    similarity: config.similarity_fn_name ?? "cosine",
    truncateDim: config.truncate_dim ?? null,
  };
}

/**
 * Spells `config_sentence_transformers.json`. The version tells readers which layout this is; no
 * release of transformers or PyTorch had a part in it.
 *
 * @param config Prompts, similarity and dimensions.
 * @returns The object to write.
 */
export function encodeSentenceConfig(config: SentenceConfig): JsonObject {
  return {
    __version__: {
      sentence_transformers: LAYOUT_VERSION,
      transformers: "none",
      pytorch: "none",
    },
    prompts: config.prompts,
    default_prompt_name: config.defaultPromptName,
    similarity_fn_name: config.similarity,
    // A key of newer releases, which older ones pass over.
    ...(config.truncateDim === null ? {} : { truncate_dim: config.truncateDim }),
  };
}

/** What `sentence_bert_config.json` says of the encoder. */
export interface TransformerConfig {
  /** Tokens after which a text is cut; null when the file does not tell. */
  readonly maxSequenceLength: number | null;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly doLowerCase: boolean;
}

const transformerSchema = z.object({
  max_seq_length: z.int().positive().nullish(),
  do_lower_case: z.boolean().nullish(),
  transformer_task: z.string().nullish(),
});

/**
 * Reads `sentence_bert_config.json`. The newest releases keep the length in `tokenizer_config.json`
 * and name the encoder's task, of which only the extraction of features makes embeddings.
 *
 * @param value The parsed file.
 * @param source Its name, for error messages.
 * @returns Length and lower-casing.
 * @throws {InputError} When a value has the wrong type or the task is another one.
 */
export function parseTransformerConfig(value: JsonObject, source: string): TransformerConfig {
  const config = checkJson(transformerSchema, value, source);
  const task = config.transformer_task ?? "feature-extraction";
  if (task !== "feature-extraction") {
    throw new InputError(
      `Cannot read ${source}: found transformer_task "${task}", wanted "feature-extraction"`,
    );
  }
  return {
    maxSequenceLength: config.max_seq_length ?? null,
    doLowerCase: config.do_lower_case ?? false,
  };
}

/**
 * Spells `sentence_bert_config.json`.
 *
 * @param config Length and lower-casing.
 * @returns The object to write.
 */
export function encodeTransformerConfig(config: TransformerConfig): JsonObject {
  return { max_seq_length: config.maxSequenceLength, do_lower_case: config.doLowerCase };
}
