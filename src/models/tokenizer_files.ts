/**
 * From a model's files to its tokenizer and back.
 *
 * @module
 */
import { Tokenizer } from "../data/tokenizer.ts";
import type { JsonObject } from "../io/json.ts";
import type { TokenizerFiles } from "../io/read_model_directory.ts";
import type { SavedModel } from "../io/write_model_directory.ts";

/**
 * Makes the tokenizer that files describe.
 *
 * @param files The files; tokenizer.json goes before vocab.txt.
 * @returns The tokenizer.
 * @throws {InputError} If they describe none.
 */
export function tokenizerOf({ json, vocabulary, config }: TokenizerFiles): Tokenizer {
  if (json !== null) return Tokenizer.fromJson(json, config);
  return Tokenizer.fromVocabulary(vocabulary!, { lowercase: config.do_lower_case !== false });
}

/**
 * The files that describe a tokenizer.
 *
 * @param tokenizer The tokenizer.
 * @param maxSequenceLength Tokens after which a text is cut.
 * @returns What to write.
 */
export function filesOf(tokenizer: Tokenizer, maxSequenceLength: number): SavedModel["tokenizer"] {
  const config = tokenizer.toConfig() as { tokenizer_class?: unknown };
  return {
    json: tokenizer.toJson() as JsonObject,
    vocabulary: String(config.tokenizer_class).startsWith("Bert") ? tokenizer.vocabulary() : null,
    config: { ...config, model_max_length: maxSequenceLength },
    specialTokensMap: tokenizer.specialTokensMap(),
  };
}

/**
 * Makes a tokenizer that gives the tokens of a text alone, as a table of token vectors wants them.
 *
 * @param tokenizer Any tokenizer.
 * @returns One that is like it but for the special tokens around a text.
 */
export function withoutSpecialTokens(tokenizer: Tokenizer): Tokenizer {
  return Tokenizer.fromJson({ ...tokenizer.toJson(), post_processor: null }, tokenizer.toConfig());
}
