/**
 * Files of tensors and of vocabularies.
 *
 * @module
 */
import { join } from "@std/path";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { parseTypedObject } from "../../src/io/json.ts";
import { decodeNpy, encodeNpy } from "../../src/io/npy.ts";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import { filesOf, tokenizerOf } from "../../src/models/tokenizer_files.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import type { Dice } from "./dice.ts";
import { joined, mutateBytes } from "./mutate_bytes.ts";
import { mutateJson } from "./mutate_json.ts";
import type { Target } from "./run_target.ts";

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

/** JSON that is damaged as a value, as bytes, or both. */
export function mutateJsonText(value: unknown, dice: Dice): Uint8Array<ArrayBuffer> {
  const how = dice.below(8);
  const text = encoder.encode(how === 0 ? JSON.stringify(value) : mutateJson(value, dice));
  return how < 2 ? mutateBytes(text, dice) : text;
}

/** A header with its own length again, and now and then one that does not fit. */
function mutateHeader(file: Uint8Array, dice: Dice): Uint8Array<ArrayBuffer> {
  const start = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = mutateJsonText(JSON.parse(decoder.decode(file.subarray(8, start))), dice);
  const size = new Uint8Array(8);
  const lie = dice.oneIn(10) ? dice.pick([-1, 1, 8, 1000, 2 ** 31]) : 0;
  new DataView(size.buffer).setBigUint64(0, BigInt(Math.max(0, header.length + lie)), true);
  const data = file.subarray(start);
  return joined(size, header, dice.oneIn(6) ? mutateBytes(data, dice) : data);
}

function arrays(): Map<string, NamedArray> {
  const kinds = [
    Float32Array,
    Float64Array,
    Float16Array,
    Int8Array,
    Uint8Array,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    BigInt64Array,
    BigUint64Array,
  ];
  return new Map(
    kinds.map((Kind, i) => [`layer.${i}.weight`, { shape: [2, 3], data: new Kind(6) }]),
  );
}

const safetensors: Target = {
  name: "safetensors",
  prepare() {
    const seeds = [
      encodeSafetensors(arrays(), { format: "pt" }),
      encodeSafetensors(new Map([["x", { shape: [], data: new Float32Array(1) }]])),
      encodeSafetensors(new Map([["empty", { shape: [0, 4], data: new Float32Array(0) }]])),
    ];
    return {
      mutate(dice) {
        const seed = dice.oneIn(4) ? dice.pick(seeds) : seeds[0];
        return dice.oneIn(3) ? mutateBytes(seed, dice) : mutateHeader(seed, dice);
      },
      read(bytes) {
        const file = decodeSafetensors(bytes, "model.safetensors");
        for (const [name, { dtype }] of file.entries) {
          if (dtype.startsWith("F8")) continue;
          file.read(name);
          if (/^B?F\d/.test(dtype)) file.readFloat32(name);
        }
      },
    };
  },
};

const npy: Target = {
  name: "npy",
  prepare() {
    const seeds = [[2, 3], [6], []].map((shape) =>
      encodeNpy(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)
    );
    return {
      mutate: (dice) => mutateBytes(dice.pick(seeds), dice),
      read: (bytes) => decodeNpy(bytes, "x.npy"),
    };
  },
};

function special(content: string, id: number): object {
  return { id, content, single_word: false, lstrip: false, rstrip: false, special: true };
}

/** A byte-level BPE with a few merges. */
function bpe(): object {
  const tokens = ["<s>", "<pad>", "</s>", ..."abcdehlorwĠ.,", "he", "ll", "hell", "hello", "Ġw"];
  return {
    added_tokens: tokens.slice(0, 3).map(special),
    normalizer: { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "Lowercase" }] },
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    post_processor: { type: "RobertaProcessing", sep: ["</s>", 2], cls: ["<s>", 0] },
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: ["h e", "l l", "he ll", "hell o", "Ġ w"],
    },
  };
}

/** A Unigram with a few pieces. */
function unigram(): object {
  const pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁hell", "o", "l", "e", "h", "w"];
  const template = ["<s>", "A", "</s>"].map((id) =>
    id === "A" ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } }
  );
  return {
    added_tokens: pieces.slice(0, 4).map(special),
    normalizer: { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "WhitespaceSplit" },
        { type: "Metaspace", replacement: "▁", add_prefix_space: true },
      ],
    },
    post_processor: {
      type: "TemplateProcessing",
      single: template,
      pair: template,
      special_tokens: {
        "<s>": { id: "<s>", ids: [0], tokens: ["<s>"] },
        "</s>": { id: "</s>", ids: [2], tokens: ["</s>"] },
      },
    },
    decoder: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
    model: { type: "Unigram", unk_id: 3, vocab: pieces.map((piece, i) => [piece, -i]) },
  };
}

/** What is asked of a tokenizer that was read. */
function useTokenizer(tokenizer: Tokenizer): void {
  for (const text of ["", "Hello  world, 中文 é\0\ud800", "ab ".repeat(60)]) {
    tokenizer.encode(text, 64);
  }
  filesOf(tokenizer, 64);
}

const tokenizerJson: Target = {
  name: "tokenizer",
  async prepare() {
    const lines = await vocabulary();
    const wordPiece = Tokenizer.fromVocabulary(lines.slice(0, 40));
    const seeds = [
      { json: wordPiece.toJson(), config: wordPiece.toConfig() },
      { json: bpe(), config: { tokenizer_class: "RobertaTokenizer", pad_token: "<pad>" } },
      { json: unigram(), config: { pad_token: { content: "<pad>" } } },
    ];
    return {
      mutate: (dice) => mutateJsonText(dice.pick(seeds), dice),
      read(bytes) {
        const both = parseTypedObject(decoder.decode(bytes), "both files");
        // Each is an object where a model directory is read.
        const object = (value: unknown) => parseTypedObject(JSON.stringify(value) ?? "", "a file");
        const config = both.config === undefined ? {} : object(both.config);
        const files = { json: object(both.json), vocabulary: null, config, specialTokensMap: {} };
        useTokenizer(tokenizerOf(files));
      },
    };
  },
};

const vocabularyText: Target = {
  name: "vocabulary",
  async prepare() {
    const text = encoder.encode((await vocabulary()).join("\n"));
    return {
      mutate: (dice) => mutateBytes(text, dice),
      read(bytes) {
        const lines = decoder.decode(bytes).split(/\r?\n/);
        const files = { json: null, vocabulary: lines, config: {}, specialTokensMap: {} };
        useTokenizer(tokenizerOf(files));
      },
    };
  },
};

async function vocabulary(): Promise<string[]> {
  return (await Deno.readTextFile(join(TINY_BERT, "vocab.txt"))).trim().split("\n");
}

/** The targets of this module. */
export const TENSOR_TARGETS: readonly Target[] = [safetensors, npy, tokenizerJson, vocabularyText];
