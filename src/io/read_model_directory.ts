/**
 * Reading a model from disk: a directory in the layout of sentence-transformers, of version 3 or
 * newer, or a plain encoder in the layout of Hugging Face.
 *
 * @module
 */
import { join, relative } from "@std/path";
import { InputError } from "../errors.ts";
import { type JsonObject, parseJson, parseJsonObject } from "./json.ts";
import { type ModelModules, parseModelModules } from "./model_modules.ts";
import { parsePoolingConfig, type PoolingConfig } from "./pooling_config.ts";
import { decodeSafetensors, type SafetensorsFile } from "./safetensors.ts";
import {
  parseSentenceConfig,
  parseTransformerConfig,
  type SentenceConfig,
} from "./sentence_config.ts";

/** Names under which releases have kept the settings of the Transformer module. */
const TRANSFORMER_CONFIGS = ["bert", "roberta", "distilbert", "xlm-roberta", "camembert"]
  .map((type) => `sentence_${type}_config.json`);

/** A tokenizer's files, not yet interpreted. */
export interface TokenizerFiles {
  /** `tokenizer.json`, or null when there is none. */
  readonly json: JsonObject | null;
  /** The lines of `vocab.txt`, or null when there is none. */
  readonly vocabulary: string[] | null;
  /** `tokenizer_config.json`; empty when there is none. */
  readonly config: JsonObject;
  /** `special_tokens_map.json`; empty when there is none. */
  readonly specialTokensMap: JsonObject;
}

/** A model as its directory describes it. */
export interface ModelDirectory extends SentenceConfig {
  /** `config.json`: architecture and sizes. */
  readonly config: JsonObject;
  /** The weights; a tensor is converted when read. */
  readonly weights: SafetensorsFile;
  /** The tokenizer's files. */
  readonly tokenizer: TokenizerFiles;
  /** How token vectors become one vector; the mean for a plain encoder. */
  readonly pooling: PoolingConfig;
  /** Whether the vector is then scaled to unit length. */
  readonly normalize: boolean;
  /** Tokens after which a text is cut, with the special ones; null when no file tells. */
  readonly maxSequenceLength: number | null;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly doLowerCase: boolean;
}

/**
 * Reads a model directory.
 *
 * @param path The directory.
 * @returns Configuration, weights and tokenizer files.
 * @throws {InputError} When a file is missing, damaged, or asks for what is not supported.
 */
export async function readModelDirectory(path: string): Promise<ModelDirectory> {
  if ((await statOrNull(path))?.isDirectory !== true) {
    throw new InputError(
      `Cannot read model directory ${path}: there is no directory of this name`,
    );
  }
  const modules = await readModules(path);
  const encoder = join(path, modules?.transformer ?? "");
  const config = await readRequired(path, join(encoder, "config.json"));
  const tokenizer = await readTokenizer(path, encoder);
  const transformer = await readTransformerConfig(encoder);
  const sentence = join(path, "config_sentence_transformers.json");
  return {
    ...parseSentenceConfig(await readOptional(sentence) ?? {}, sentence),
    config,
    weights: await readWeights(path, encoder),
    tokenizer,
    pooling: await readPooling(path, modules),
    normalize: await readNormalize(path, modules),
    maxSequenceLength: transformer.maxSequenceLength ??
      tokenizerLimit(config, tokenizer.config),
    doLowerCase: transformer.doLowerCase,
  };
}

async function readModules(path: string): Promise<ModelModules | null> {
  const file = join(path, "modules.json");
  const text = await readTextOrNull(file);
  return text === null ? null : parseModelModules(parseJson(text, file), file);
}

async function readPooling(path: string, modules: ModelModules | null): Promise<PoolingConfig> {
  if (modules === null) return { modes: ["mean"], includePrompt: true };
  const file = join(path, modules.pooling, "config.json");
  return parsePoolingConfig(await readRequired(path, file), file);
}

/** The newest releases can normalize token vectors instead, which makes another kind of model. */
async function readNormalize(path: string, modules: ModelModules | null): Promise<boolean> {
  if (modules === null || modules.normalize === null) return false;
  const file = join(path, modules.normalize, "config.json");
  const input = (await readOptional(file))?.module_input_name ?? "sentence_embedding";
  if (input !== "sentence_embedding") {
    throw new InputError(
      `Cannot read ${file}: it normalizes ${JSON.stringify(input)}, wanted "sentence_embedding"`,
    );
  }
  return true;
}

async function readTransformerConfig(
  encoder: string,
): Promise<{ maxSequenceLength: number | null; doLowerCase: boolean }> {
  for (const name of TRANSFORMER_CONFIGS) {
    const file = join(encoder, name);
    const value = await readOptional(file);
    if (value !== null) return parseTransformerConfig(value, file);
  }
  return { maxSequenceLength: null, doLowerCase: false };
}

/** The lesser of the tokenizer's limit and the number of positions, where files tell them. */
function tokenizerLimit(config: JsonObject, tokenizerConfig: JsonObject): number | null {
  // A tokenizer without a limit is saved with 1e30.
  const limits = [tokenizerConfig.model_max_length, config.max_position_embeddings]
    .filter((limit): limit is number => Number.isSafeInteger(limit) && (limit as number) > 0);
  return limits.length === 0 ? null : Math.min(...limits);
}

async function readTokenizer(path: string, encoder: string): Promise<TokenizerFiles> {
  const json = await readOptional(join(encoder, "tokenizer.json"));
  const vocabulary = await readTextOrNull(join(encoder, "vocab.txt"));
  if (json === null && vocabulary === null) {
    throw missingFile(path, "neither tokenizer.json nor vocab.txt is there");
  }
  return {
    json,
    vocabulary: vocabulary === null ? null : parseVocabulary(vocabulary),
    config: await readOptional(join(encoder, "tokenizer_config.json")) ?? {},
    specialTokensMap: await readOptional(join(encoder, "special_tokens_map.json")) ?? {},
  };
}

/** One token a line, its id the line's number; a token may hold any character but a line break. */
function parseVocabulary(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

async function readWeights(path: string, encoder: string): Promise<SafetensorsFile> {
  const file = join(encoder, "model.safetensors");
  const bytes = await readOrNull(file, Deno.readFile);
  if (bytes !== null) return decodeSafetensors(bytes, file);
  if (await statOrNull(join(encoder, "model.safetensors.index.json")) !== null) {
    throw new InputError(
      `Cannot read model directory ${path}: its weights are split over several files; ` +
        "save them again as one model.safetensors",
    );
  }
  if (await statOrNull(join(encoder, "pytorch_model.bin")) !== null) {
    throw new InputError(
      `Cannot read model directory ${path}: found pytorch_model.bin, wanted model.safetensors; ` +
        "convert it with save_pretrained(path, safe_serialization=True) of transformers",
    );
  }
  throw missingFile(path, "model.safetensors is missing");
}

async function readRequired(path: string, file: string): Promise<JsonObject> {
  const value = await readOptional(file);
  if (value !== null) return value;
  throw missingFile(path, `${relative(path, file)} is missing`);
}

function missingFile(path: string, found: string): InputError {
  return new InputError(
    `Cannot read model directory ${path}: ${found}; a model directory holds config.json, ` +
      "model.safetensors and tokenizer.json or vocab.txt, and for sentence-transformers " +
      "modules.json and 1_Pooling/config.json",
  );
}

async function readOptional(file: string): Promise<JsonObject | null> {
  const text = await readTextOrNull(file);
  return text === null ? null : parseJsonObject(text, file);
}

function readTextOrNull(file: string): Promise<string | null> {
  return readOrNull(file, Deno.readTextFile);
}

async function readOrNull<T>(
  file: string,
  read: (file: string) => Promise<T>,
): Promise<T | null> {
  try {
    return await read(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`Cannot read ${file}: ${reason}`, { cause: error });
  }
}

function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  return readOrNull(path, Deno.stat);
}
