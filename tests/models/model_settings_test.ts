import { assertEquals, assertThrows } from "@std/assert";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import type { ModelDirectory } from "../../src/io/read_model_directory.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type SafetensorsFile,
} from "../../src/io/safetensors.ts";
import { newSettings, settingsOf, weightsOf } from "../../src/models/model_settings.ts";

const MEAN = { type: "Pooling", modes: ["mean"], includePrompt: true } as const;
const SETTINGS = {
  modules: [MEAN, { type: "Normalize" }],
  doLowerCase: true,
  prompts: { query: "q" },
  defaultPromptName: "query",
  similarity: "dot",
  truncateDim: 16,
} as const;

function file(name: string): SafetensorsFile {
  return decodeSafetensors(encodeSafetensors(new Map()), name);
}

Deno.test("settingsOf() takes what files tell, or what the caller wants instead", () => {
  const directory: ModelDirectory = {
    ...SETTINGS,
    config: {},
    weights: new Map(),
    tokenizer: { json: null, vocabulary: null, config: {}, specialTokensMap: {} },
    maxSequenceLength: 8,
  };
  assertEquals(weightsOf(directory, {}), directory.weights);
  assertEquals(settingsOf(directory, {}), SETTINGS);
  const modules = [{ ...MEAN, modes: ["cls"] }] as const;
  assertEquals(settingsOf(directory, { modules, truncateDim: 4 }), {
    ...SETTINGS,
    modules,
    truncateDim: 4,
  });
  // The weights of other modules are not the directory's.
  const files = new Map(["", "2_Dense/"].map((name) => [name, file(name)]));
  assertEquals([...weightsOf({ ...directory, weights: files }, { modules }).keys()], [""]);
  for (const truncateDim of [0, 1.5, -1]) {
    assertThrows(
      () => settingsOf(directory, { truncateDim }),
      RangeError,
      `Cannot cut embeddings: truncateDim is ${truncateDim}, wanted a positive integer`,
    );
  }
});

Deno.test("newSettings() pools what an encoder gives by the mean, and a table's rows not at all", () => {
  const tokenizer = Tokenizer.fromVocabulary(["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]);
  const plain = {
    modules: [MEAN],
    doLowerCase: false,
    prompts: {},
    defaultPromptName: null,
    similarity: "cosine",
    truncateDim: null,
  } as const;
  assertEquals(newSettings({ config: { model_type: "bert" }, tokenizer }), plain);
  const config = { model_type: "static-embedding" };
  assertEquals(newSettings({ config, tokenizer, truncateDim: 3 }), {
    ...plain,
    modules: [],
    truncateDim: 3,
  });
});
