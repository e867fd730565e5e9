/**
 * Reading a model from disk: a directory in the layout of sentence-transformers, of version 3 or
 * newer, or a plain encoder in the layout of Hugging Face.
 *
 * @module
 */
import { join } from "@std/path";
import { InputError } from "../errors.ts";
import type { JsonObject } from "./json.ts";
import { type AdapterFiles, type FindModel, readAdapter } from "./read_adapter.ts";
import { type ModuleConfig, parseModuleConfig } from "./module_config.ts";
import { ModelFolder } from "./model_folder.ts";
import { type ModelModules, STATIC_EMBEDDING } from "./model_modules.ts";
import { type ModelWeights, readModelModules, readModelWeights } from "./read_model_weights.ts";
import {
  parseSentenceConfig,
  parseTransformerConfig,
  type SentenceConfig,
  type TransformerConfig,
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
  readonly weights: ModelWeights;
  /** The adapter whose base the weights of the first module are. */
  readonly adapter?: AdapterFiles;
  /** The tokenizer's files. */
  readonly tokenizer: TokenizerFiles;
  /** The modules that follow the first; a pooling by the mean for a plain encoder. */
  readonly modules: readonly ModuleConfig[];
  /** Tokens after which a text is cut, with the special ones; null when no file tells. */
  readonly maxSequenceLength: number | null;
  /** Whether texts are lower-cased before the tokenizer sees them. */
  readonly doLowerCase: boolean;
}

/**
 * Reads a model directory.
 *
 * @param path The directory.
 * @param findModel Looks elsewhere for the model that an adapter adapts. Default: it is a directory.
 * @returns Configuration, weights and tokenizer files.
 * @throws {InputError} When a file is missing, damaged, or asks for what is not supported.
 */
export async function readModelDirectory(
  path: string,
  findModel?: FindModel,
): Promise<ModelDirectory> {
  const folder = new ModelFolder(path);
  if (!await folder.exists()) {
    throw new InputError(
      `Cannot read model directory ${path}: there is no directory of this name`,
    );
  }
  const modules = await readModelModules(folder);
  const sentence = "config_sentence_transformers.json";
  const first = modules?.first.type === "StaticEmbedding"
    ? await readStaticEmbedding(folder, modules.first.path)
    : await readTransformer(folder, modules?.first.path ?? "", findModel);
  return {
    ...parseSentenceConfig(await folder.object(sentence) ?? {}, folder.source(sentence)),
    ...first,
    modules: await readModules(folder, modules),
  };
}

/** What the files of the first module tell. */
type FirstModuleFiles = Omit<ModelDirectory, keyof SentenceConfig | "modules">;

async function readTransformer(
  folder: ModelFolder,
  encoder: string,
  findModel?: FindModel,
): Promise<FirstModuleFiles> {
  const adapter = await readAdapter(folder, encoder, findModel);
  const config = await readConfig(folder, join(encoder, "config.json"), adapter);
  const tokenizer = await readTokenizer(folder, encoder);
  const transformer = await readTransformerConfig(folder, encoder);
  return {
    config,
    tokenizer,
    weights: await readModelWeights(folder.path, findModel),
    ...(adapter !== null && { adapter }),
    maxSequenceLength: transformer.maxSequenceLength ??
      tokenizerLimit(config, tokenizer.config),
    doLowerCase: transformer.doLowerCase,
  };
}

/** PEFT saves no config.json beside an adapter. */
async function readConfig(
  folder: ModelFolder,
  name: string,
  adapter: AdapterFiles | null,
): Promise<JsonObject> {
  if (adapter === null || await folder.has(name)) return await folder.required(name);
  return (await readModelDirectory(adapter.base)).config;
}

/** A table has no configuration but its shape; its tokenizer.json alone tells where texts are cut. */
async function readStaticEmbedding(
  folder: ModelFolder,
  directory: string,
): Promise<FirstModuleFiles> {
  const json = await folder.object(join(directory, "tokenizer.json"));
  if (json === null) throw folder.lacks(`${join(directory, "tokenizer.json")} is missing`);
  const weights = await readModelWeights(folder.path);
  const file = weights.get("")!;
  // model2vec calls the table so.
  const { shape } = file.entries.get("embeddings") ?? file.entry("embedding.weight");
  const length = (json.truncation as { max_length?: unknown } | null | undefined)?.max_length;
  return {
    config: { model_type: STATIC_EMBEDDING, vocab_size: shape[0], hidden_size: shape[1] },
    tokenizer: { json, vocabulary: null, config: {}, specialTokensMap: {} },
    weights,
    maxSequenceLength: Number.isSafeInteger(length) ? length as number : null,
    doLowerCase: false,
  };
}

async function readModules(
  folder: ModelFolder,
  modules: ModelModules | null,
): Promise<ModuleConfig[]> {
  if (modules === null) return [{ type: "Pooling", modes: ["mean"], includePrompt: true }];
  let pooled = modules.first.type === "StaticEmbedding";
  const configs: ModuleConfig[] = [];
  for (const { type, path } of modules.others) {
    const name = join(path, "config.json");
    // Normalize had none for long.
    const value = type === "Normalize"
      ? await folder.object(name) ?? {}
      : await folder.required(name);
    configs.push(parseModuleConfig(type, value, { source: folder.source(name), pooled }));
    pooled ||= type === "Pooling";
  }
  return configs;
}

async function readTransformerConfig(
  folder: ModelFolder,
  encoder: string,
): Promise<TransformerConfig> {
  for (const config of TRANSFORMER_CONFIGS) {
    const name = join(encoder, config);
    const value = await folder.object(name);
    if (value !== null) return parseTransformerConfig(value, folder.source(name));
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

async function readTokenizer(folder: ModelFolder, encoder: string): Promise<TokenizerFiles> {
  const json = await folder.object(join(encoder, "tokenizer.json"));
  const vocabulary = await folder.text(join(encoder, "vocab.txt"));
  if (json === null && vocabulary === null) {
    throw folder.lacks("neither tokenizer.json nor vocab.txt is there");
  }
  return {
    json,
    vocabulary: vocabulary === null ? null : parseVocabulary(vocabulary),
    config: await folder.object(join(encoder, "tokenizer_config.json")) ?? {},
    specialTokensMap: await folder.object(join(encoder, "special_tokens_map.json")) ?? {},
  };
}

/** One token a line, its id the line's number; a token may hold any character but a line break. */
function parseVocabulary(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
