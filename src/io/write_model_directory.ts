/**
 * Writing a model to disk in the layout of sentence-transformers 3, which its later releases, Hugging
 * Face's transformers and {@linkcode readModelDirectory} read.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { host } from "../host/host.ts";
import { type AdapterConfig, encodeAdapterConfig } from "./adapter_config.ts";
import { encodeJson, encodeSortedJson, type JsonObject } from "./json.ts";
import { encodeModuleConfig, type ModulePlace, placeAfter } from "./module_config.ts";
import { encodeModelModules, firstModule, modulePath } from "./model_modules.ts";
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from "./read_adapter.ts";
import type { ModelDirectory, TokenizerFiles } from "./read_model_directory.ts";
import { encodeSafetensors, type NamedArray } from "./safetensors.ts";
import { encodeSentenceConfig, encodeTransformerConfig } from "./sentence_config.ts";

type Files = [name: string, content: string | Uint8Array | null][];

/** An adapter to be written. */
export interface SavedAdapter {
  /** What it computes. */
  readonly config: AdapterConfig;
  /** Its weights, by the names that PEFT gives them. */
  readonly weights: ReadonlyMap<string, NamedArray>;
}

/** A model to be written: what {@linkcode ModelDirectory} holds, with new weights and a card. */
export interface SavedModel extends Omit<ModelDirectory, "weights" | "adapter" | "tokenizer"> {
  /**
   * The weights: those of the first module by the names that Hugging Face's transformers gives them, those
   * of others by their names behind the module's directory and a slash, as "2_Dense/linear.weight".
   */
  readonly weights: ReadonlyMap<string, NamedArray>;
  /** The adapter, which is written in place of the weights of the first module. */
  readonly savedAdapter?: SavedAdapter;
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
  const first = firstModule(model.config);
  const root = modulePath(0, first);
  const files: Files = [
    [
      "modules.json",
      encodeJson(encodeModelModules([first, ...model.modules.map(({ type }) => type)])),
    ],
    ["config_sentence_transformers.json", encodeJson(encodeSentenceConfig(model))],
    ...(first === "Transformer" ? transformerFiles(model) : []),
    [join(root, "tokenizer.json"), model.tokenizer.json && encodeJson(model.tokenizer.json)],
    ...weightFiles(root, model.weights),
    ...adapterFiles(root, model.savedAdapter),
    ["README.md", model.card],
  ];
  const place = { pooled: first === "StaticEmbedding", width: tokenDimension(model.config) };
  for (const [directory, config] of moduleConfigs(model, place)) {
    await host().files.mkdir(join(path, directory));
    if (config !== null) files.push([join(directory, "config.json"), encodeJson(config)]);
  }
  for (const [name, content] of files) {
    if (content === null) continue;
    const file = join(path, name);
    await host().files.mkdir(dirname(file));
    if (typeof content === "string") await host().files.writeFile(file, content);
    else await host().files.writeFile(file, content);
  }
}

function transformerFiles({ config, tokenizer, ...model }: SavedModel): Files {
  return [
    ["sentence_bert_config.json", encodeJson(encodeTransformerConfig(model))],
    ["config.json", encodeSortedJson(config)],
    ["tokenizer_config.json", encodeSortedJson(tokenizer.config)],
    ["special_tokens_map.json", encodeSortedJson(tokenizer.specialTokensMap)],
    [
      "vocab.txt",
      tokenizer.vocabulary && tokenizer.vocabulary.map((token) => `${token}\n`).join(""),
    ],
  ];
}

/** One file a module: what precedes the last slash of a name is its directory. */
function weightFiles(root: string, weights: SavedModel["weights"]): Files {
  const directories = new Map<string, Map<string, NamedArray>>();
  for (const [name, array] of weights) {
    const slash = name.lastIndexOf("/");
    const directory = slash < 0 ? root : name.slice(0, slash);
    let tensors = directories.get(directory);
    if (tensors === undefined) directories.set(directory, tensors = new Map());
    tensors.set(name.slice(slash + 1), array);
  }
  return [...directories].map(([directory, tensors]) => [
    join(directory, "model.safetensors"),
    encodeSafetensors(tensors, { format: "pt" }),
  ]);
}

function adapterFiles(root: string, adapter: SavedAdapter | undefined): Files {
  if (adapter === undefined) return [];
  return [
    [join(root, ADAPTER_CONFIG), encodeSortedJson(encodeAdapterConfig(adapter.config))],
    [join(root, ADAPTER_WEIGHTS), encodeSafetensors(adapter.weights, { format: "pt" })],
  ];
}

function* moduleConfigs(
  { modules }: SavedModel,
  place: ModulePlace,
): Generator<[directory: string, config: JsonObject | null]> {
  for (const [i, module] of modules.entries()) {
    yield [modulePath(i + 1, module.type), encodeModuleConfig(module, place)];
    place = placeAfter(module, place);
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
