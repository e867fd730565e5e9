/**
 * Writing a model to disk in the layout of sentence-transformers 3, which its later releases, Hugging
 * Face's transformers and {@linkcode readModelDirectory} read.
 *
 * @module
 */
import { join } from "@std/path";
import { encodeJson, encodeSortedJson, type JsonObject } from "./json.ts";
import { encodeModelModules } from "./model_modules.ts";
import { encodePoolingConfig } from "./pooling_config.ts";
import type { ModelDirectory, TokenizerFiles } from "./read_model_directory.ts";
import { encodeSafetensors, type NamedArray } from "./safetensors.ts";
import { encodeSentenceConfig, encodeTransformerConfig } from "./sentence_config.ts";

/** A model to be written: what {@linkcode ModelDirectory} holds, with new weights and a card. */
export interface SavedModel extends Omit<ModelDirectory, "weights" | "tokenizer"> {
  /** The weights by the names that Hugging Face's transformers gives them. */
  readonly weights: ReadonlyMap<string, NamedArray>;
  /** The tokenizer's files. */
  readonly tokenizer: Omit<TokenizerFiles, "vocabulary"> & {
    /** The lines of `vocab.txt`, or null to write none. */
    readonly vocabulary: readonly string[] | null;
  };
  /** The text of `README.md`. */
  readonly card: string;
}

/**
 * Writes the files of a model into an existing directory. To have all of them or none, call it inside
 * `writeDirectoryAtomically`, which also turns a refusal of the operating system into an `OutputError`.
 *
 * @param path The directory.
 * @param model What to write.
 * @throws {TypeError} When `config` does not tell the width of a token vector.
 */
export async function writeModelDirectory(path: string, model: SavedModel): Promise<void> {
  const { tokenizer } = model;
  const files: [string, string | Uint8Array | null][] = [
    ["modules.json", encodeJson(encodeModelModules(model.normalize))],
    ["config_sentence_transformers.json", encodeJson(encodeSentenceConfig(model))],
    ["sentence_bert_config.json", encodeJson(encodeTransformerConfig(model))],
    ["config.json", encodeSortedJson(model.config)],
    ["model.safetensors", encodeSafetensors(model.weights, { format: "pt" })],
    ["tokenizer.json", tokenizer.json && encodeJson(tokenizer.json)],
    ["tokenizer_config.json", encodeSortedJson(tokenizer.config)],
    ["special_tokens_map.json", encodeSortedJson(tokenizer.specialTokensMap)],
    [
      "vocab.txt",
      tokenizer.vocabulary && tokenizer.vocabulary.map((token) => `${token}\n`).join(""),
    ],
    [
      "1_Pooling/config.json",
      encodeJson(encodePoolingConfig(model.pooling, tokenDimension(model.config))),
    ],
    ["README.md", model.card],
  ];
  await Deno.mkdir(join(path, "1_Pooling"), { recursive: true });
  // Nothing lies in it, as upstream; readers take its absence for the same.
  if (model.normalize) await Deno.mkdir(join(path, "2_Normalize"), { recursive: true });
  for (const [name, content] of files) {
    const file = join(path, name);
    if (typeof content === "string") await Deno.writeTextFile(file, content);
    else if (content !== null) await Deno.writeFile(file, content);
  }
}

/** DistilBERT calls the width `dim`. */
function tokenDimension(config: JsonObject): number {
  const dimension = config.hidden_size ?? config.dim;
  if (typeof dimension !== "number") {
    throw new TypeError(
      "Cannot write a model: its config names neither hidden_size nor dim, the width of a token vector",
    );
  }
  return dimension;
}
