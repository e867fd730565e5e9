import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { type HubFile, neededFiles } from "../../src/hub/needed_files.ts";
import { type ModelModules, parseModelModules } from "../../src/io/model_modules.ts";

const listed = (...paths: string[]): HubFile[] =>
  paths.map((path) => ({ path, size: 1, hash: "0".repeat(40) }));

function modules(...entries: [type: string, path: string][]): ModelModules {
  const list = entries.map(([type, path]) => ({
    type: `sentence_transformers.models.${type}`,
    path,
  }));
  return parseModelModules(list, "modules.json");
}

const needed = (files: HubFile[], modules: ModelModules | null) =>
  neededFiles(files, modules, "org/x").map(({ path }) => path);

Deno.test("neededFiles() takes a plain encoder's configuration, tokenizer and weights, weights last", () => {
  const wanted = [
    "config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
    "model.safetensors",
  ];
  const others = [
    ...["README.md", ".gitattributes", "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack"],
    ...["onnx/model.onnx", "onnx/config.json", "openvino/model.safetensors", "modeling.py"],
    ...["rust_model.ot", "training_args.bin", "my_config.json", "x/vocab.txt", "sub/config.json"],
  ];
  const all = listed(...others, ...[...wanted].reverse());
  assertEquals(needed(all, null).sort(), [...wanted].sort());
  assertEquals(needed(all, null).at(-1), "model.safetensors");
});

Deno.test("neededFiles() takes what modules have, wherever they keep it", () => {
  const chain = modules(["Transformer", "0_Encoder"], ["Pooling", "1_P"], ["Dense", "./2_D/"], [
    "Normalize",
    "3_Normalize",
  ]);
  const files = listed(
    ...["modules.json", "config_sentence_transformers.json", "sentence_bert_config.json"],
    ...["0_Encoder/config.json", "0_Encoder/sentence_bert_config.json", "0_Encoder/tokenizer.json"],
    ...[
      "0_Encoder/model.safetensors",
      "1_P/config.json",
      "2_D/config.json",
      "2_D/model.safetensors",
    ],
    ...["2_D/pytorch_model.bin", "config.json", "model.safetensors", "0_Encoder/deep/config.json"],
  );
  assertEquals(needed(files, chain).sort(), [
    "0_Encoder/config.json",
    "0_Encoder/model.safetensors",
    "0_Encoder/sentence_bert_config.json",
    "0_Encoder/tokenizer.json",
    "1_P/config.json",
    "2_D/config.json",
    "2_D/model.safetensors",
    "config_sentence_transformers.json",
    "modules.json",
  ]);
});

Deno.test("neededFiles() takes an adapter in place of weights", () => {
  const files = listed("adapter_model.safetensors", "adapter_config.json", "tokenizer.json");
  assertEquals(needed(files, null), [
    "adapter_config.json",
    "tokenizer.json",
    "adapter_model.safetensors",
  ]);
});

Deno.test("neededFiles() refuses weights that are missing, pickled or split", () => {
  const chain = modules(["Transformer", ""], ["Pooling", "1_P"], ["Dense", "2_Dense"]);
  const cases: [HubFile[], ModelModules | null, string][] = [
    [listed("config.json"), null, "found no weights, wanted model.safetensors"],
    [
      listed("pytorch_model.bin", "tf_model.h5"),
      null,
      "found pytorch_model.bin, tf_model.h5, wanted",
    ],
    [listed("model.safetensors.index.json", "pytorch_model.bin"), null, "split over several files"],
    [
      listed("model.safetensors", "2_Dense/pytorch_model.bin"),
      chain,
      "found 2_Dense/pytorch_model.bin, wanted 2_Dense/model.safetensors",
    ],
  ];
  for (const [files, modules, message] of cases) {
    const error = assertThrows(() => neededFiles(files, modules, "org/x"), InputError, message);
    assertEquals(error.message.startsWith("Cannot load model org/x: "), true);
  }
});
