/**
 * Directories of models: the configurations of architectures, modules and adapters.
 *
 * @module
 */
import { join } from "@std/path";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { parseTypedObject } from "../../src/io/json.ts";
import { readModelDirectory } from "../../src/io/read_model_directory.ts";
import { decodeSafetensors, encodeSafetensors } from "../../src/io/safetensors.ts";
import { writeDirectoryAtomically } from "../../src/io/write_files.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { ModuleChain } from "../../src/models/module_chain.ts";
import { tokenizerOf } from "../../src/models/tokenizer_files.ts";
import { WeightReader } from "../../src/models/weight_reader.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { type Files, VERSION_3, VERSION_6 } from "../support/module_directory.ts";
import { goldenConfig } from "../golden/golden.ts";
import type { Dice } from "./dice.ts";
import { MemoryFiles } from "./memory_files.ts";
import type { Reader, Target } from "./run_target.ts";
import { mutateJsonText } from "./tensor_targets.ts";

const decoder = new TextDecoder();

/** Declares the parameters; nothing of the GPU is needed for that. */
function chainOf(init: Pick<ConstructorParameters<typeof ModuleChain>[1], "config" | "modules">) {
  const store = new ParameterStore(null as unknown as Gpu);
  return { store, chain: new ModuleChain(store, { ...init, seed: 1, source: "model" }) };
}

function configTarget(kind: string): Target {
  return {
    name: `config-${kind}`,
    async prepare() {
      const folder = new URL(`../golden/${kind}_tiny/`, import.meta.url);
      const file = await Deno.readFile(new URL("model.safetensors", folder));
      const weights = new Map([["", decodeSafetensors(file, "model.safetensors")]]);
      const seed = await goldenConfig(kind);
      return {
        mutate: (dice) => mutateJsonText(seed, dice),
        read(bytes) {
          const config = parseTypedObject(decoder.decode(bytes), "config.json");
          const modules = [{ type: "Pooling", modes: ["mean"], includePrompt: true }] as const;
          const { store, chain } = chainOf({ config, modules });
          new WeightReader(weights, chain.first.prefix, store.parameters).pooler();
        },
      };
    },
  };
}

const KINDS = ["bert", "distilbert", "roberta", "mpnet", "modernbert"];

/** Damages one file of a folder at a time, and reads the model there. */
class FolderReader implements Reader {
  readonly #root: string;
  readonly #folder: string;
  readonly #files: MemoryFiles;
  readonly #seeds: readonly Seed[];
  #name = "";

  /**
   * The files of a model.
   *
   * @param root Where it is, and where it is saved.
   * @param files Contents by path relative to the root.
   * @param damaged The folder of the model, and which of its files are damaged.
   */
  constructor(root: string, files: Files, damaged: { folder: string; seeds: readonly Seed[] }) {
    this.#root = root;
    this.#folder = damaged.folder;
    this.#seeds = damaged.seeds;
    this.#files = new MemoryFiles(root);
    for (const [name, content] of Object.entries(files)) this.#files.set(name, contentOf(content));
  }

  mutate(dice: Dice): Uint8Array<ArrayBuffer> {
    const [name, value] = dice.pick(this.#seeds);
    this.#name = join(this.#folder, name);
    return mutateJsonText(value, dice);
  }

  async read(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const before = this.#files.get(this.#name);
    this.#files.set(this.#name, bytes);
    try {
      const out = join(this.#root, "out");
      await readAndSave(join(this.#root, this.#folder), out, bytes.length % 64);
    } finally {
      this.#files.set(this.#name, before);
    }
  }

  close(): void {
    this.#files.close();
  }
}

/** A file of JSON. */
type Seed = readonly [name: string, value: unknown];

function contentOf(content: Files[string]): Uint8Array<ArrayBuffer> | string {
  if (typeof content === "string") return content;
  return content instanceof Uint8Array ? content.slice() : JSON.stringify(content);
}

/** Puts files into a folder. */
function within(folder: string, files: Files): Files {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [join(folder, name), content]),
  );
}

async function tinyFiles(): Promise<Files> {
  const names = ["config.json", "model.safetensors", "vocab.txt"];
  const contents = names.map(async (name) => [name, await Deno.readFile(join(TINY_BERT, name))]);
  return Object.fromEntries(await Promise.all(contents));
}

/** The JSON files of a folder. */
function jsonSeeds(files: Files, but: readonly string[] = []): [string, unknown][] {
  return Object.entries(files).filter(([name]) => name.endsWith(".json") && !but.includes(name))
    .map(([name, content]) => {
      const text = content instanceof Uint8Array ? decoder.decode(content) : content;
      return [name, typeof text === "string" ? JSON.parse(text) : text];
    });
}

/** Reads a model as far as the GPU, and saves it where it is its turn: that takes long. */
async function readAndSave(folder: string, out: string, turn: number): Promise<void> {
  const directory = await readModelDirectory(folder);
  const { config, modules, weights } = directory;
  const { store, chain } = chainOf({ config, modules });
  const tokenizer = tokenizerOf(directory.tokenizer);
  chain.checkVocabulary(tokenizer.vocabularySize, folder);
  tokenizer.encode("a text", Math.min(chain.first.maxPositions, 64));
  new WeightReader(weights, chain.first.prefix, store.parameters);
  if (turn !== 0) return;
  const { adapter, ...rest } = directory;
  await writeDirectoryAtomically(out, async (temporary) => {
    const saved = adapter === undefined
      ? {}
      : { savedAdapter: { config: adapter.config, weights: new Map() } };
    const model = { ...rest, ...saved, weights: new Map(), card: "" };
    await writeModelDirectory(temporary, model);
  });
}

function directoryTarget(name: string, version: Files): Target {
  return {
    name,
    async prepare(root) {
      const files = {
        ...await tinyFiles(),
        "special_tokens_map.json": { pad_token: "[PAD]" },
        "tokenizer_config.json": { do_lower_case: true, model_max_length: 24 },
        ...version,
      };
      const others = jsonSeeds(files, ["config.json"]);
      const modules = others.filter(([name]) => name === "modules.json");
      const seeds = [...modules, ...modules, ...modules, ...others];
      return new FolderReader(root, within("model", files), { folder: "model", seeds });
    },
  };
}

const SPECIAL = ["[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"];

const staticModel: Target = {
  name: "static-model",
  prepare(root) {
    const table = { shape: [8, 4], data: new Float32Array(32) };
    const path = "0_StaticEmbedding";
    const type = "sentence_transformers.models.StaticEmbedding";
    const json = Tokenizer.fromVocabulary(SPECIAL).toJson();
    const files = {
      "modules.json": [{ idx: 0, name: "0", path, type }],
      [`${path}/tokenizer.json`]: { ...json, truncation: { max_length: 8 } },
      [`${path}/model.safetensors`]: encodeSafetensors(new Map([["embedding.weight", table]])),
    };
    const seeds = jsonSeeds(files);
    return new FolderReader(root, within("model", files), { folder: "model", seeds });
  },
};

const adapter: Target = {
  name: "adapter",
  async prepare(root) {
    const base = await tinyFiles();
    const files = {
      "0_Transformer/adapter_config.json": {
        peft_type: "LORA",
        r: 4,
        lora_alpha: 8,
        lora_dropout: 0.1,
        target_modules: ["query", "value"],
        base_model_name_or_path: "../../base",
        bias: "none",
      },
      "0_Transformer/adapter_model.safetensors": encodeSafetensors(new Map()),
      "0_Transformer/vocab.txt": base["vocab.txt"],
      "modules.json": [["0_Transformer", "Transformer"], ["1_Pooling", "Pooling"]]
        .map(([path, type]) => ({ path, type: `sentence_transformers.models.${type}` })),
      "1_Pooling/config.json": VERSION_3["1_Pooling/config.json"],
    };
    const all = { ...within("base", base), ...within("adapter", files) };
    const seeds = jsonSeeds(files).slice(0, 1);
    return new FolderReader(root, all, { folder: "adapter", seeds });
  },
};

/** The targets of this module. */
export const MODEL_TARGETS: readonly Target[] = [
  ...KINDS.map(configTarget),
  directoryTarget("modules-3", VERSION_3),
  directoryTarget("modules-6", VERSION_6),
  staticModel,
  adapter,
];
