import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError } from "../../src/errors.ts";
import { readModelDirectory } from "../../src/io/read_model_directory.ts";
import type { NamedArray } from "../../src/io/safetensors.ts";
import { writeDirectoryAtomically } from "../../src/io/write_files.ts";
import { type SavedModel, writeModelDirectory } from "../../src/io/write_model_directory.ts";

const MODEL: SavedModel = {
  config: { model_type: "bert", hidden_size: 4, architectures: ["BertModel"] },
  weights: new Map<string, NamedArray>([
    ["encoder.weight", { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
    ["embeddings.weight", { shape: [2], data: Float32Array.of(5, 6) }],
  ]),
  tokenizer: {
    json: { version: "1.0", model: { type: "WordPiece" } },
    vocabulary: ["[PAD]", "[UNK]", "ä"],
    config: { tokenizer_class: "BertTokenizer", do_lower_case: true },
    specialTokensMap: { unk_token: "[UNK]", pad_token: "[PAD]" },
  },
  modules: [{ type: "Pooling", modes: ["mean"], includePrompt: true }, { type: "Normalize" }],
  maxSequenceLength: 64,
  doLowerCase: false,
  prompts: { query: "query: " },
  defaultPromptName: null,
  similarity: "cosine",
  truncateDim: null,
  card: "# A model\n",
};

async function withSaved(
  model: SavedModel,
  test: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await writeModelDirectory(directory, model);
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function namesBelow(directory: string, prefix = ""): string[] {
  return [...Deno.readDirSync(directory)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? [`${prefix}${name}/`, ...namesBelow(join(directory, name), `${prefix}${name}/`)]
      : [prefix + name]
  ).sort();
}

Deno.test("writeModelDirectory() writes the files of sentence-transformers 3", async () => {
  await withSaved(MODEL, (directory) => {
    assertEquals(namesBelow(directory), [
      "1_Pooling/",
      "1_Pooling/config.json",
      "2_Normalize/",
      "README.md",
      "config.json",
      "config_sentence_transformers.json",
      "model.safetensors",
      "modules.json",
      "sentence_bert_config.json",
      "special_tokens_map.json",
      "tokenizer.json",
      "tokenizer_config.json",
      "vocab.txt",
    ]);
    return Promise.resolve();
  });
});

Deno.test("writeModelDirectory() leaves out what the model does not have", async () => {
  const model = {
    ...MODEL,
    modules: MODEL.modules.slice(0, 1),
    tokenizer: { ...MODEL.tokenizer, vocabulary: null, json: null },
  };
  await withSaved(model, async (directory) => {
    const names = namesBelow(directory);
    assertEquals(names.length, 10);
    for (const name of ["2_Normalize/", "vocab.txt", "tokenizer.json"]) {
      assertEquals(names.includes(name), false);
    }
    assertEquals(JSON.parse(await Deno.readTextFile(join(directory, "modules.json"))).length, 2);
  });
});

Deno.test("writeModelDirectory() spells files as upstream does", async () => {
  await withSaved(MODEL, async (directory) => {
    const read = (name: string) => Deno.readTextFile(join(directory, name));
    assertEquals(
      await read("config.json"),
      '{\n  "architectures": [\n    "BertModel"\n  ],\n  "hidden_size": 4,\n  ' +
        '"model_type": "bert"\n}\n',
    );
    assertEquals(
      await read("sentence_bert_config.json"),
      '{\n  "max_seq_length": 64,\n  "do_lower_case": false\n}\n',
    );
    assertEquals(await read("vocab.txt"), "[PAD]\n[UNK]\nä\n");
    assertEquals(await read("README.md"), "# A model\n");
    const pooling = JSON.parse(await read("1_Pooling/config.json"));
    assertEquals([pooling.word_embedding_dimension, pooling.pooling_mode_mean_tokens], [4, true]);
  });
});

Deno.test("readModelDirectory() reads what writeModelDirectory() wrote", async () => {
  const { card: _card, weights: written, ...expected } = MODEL;
  await withSaved(MODEL, async (directory) => {
    const { weights, ...model } = await readModelDirectory(directory);
    assertEquals(model, { ...expected, tokenizer: model.tokenizer });
    assertEquals(model.tokenizer.json, MODEL.tokenizer.json);
    assertEquals(model.tokenizer.vocabulary, ["[PAD]", "[UNK]", "ä"]);
    assertEquals(model.tokenizer.config, MODEL.tokenizer.config);
    assertEquals(model.tokenizer.specialTokensMap, MODEL.tokenizer.specialTokensMap);
    const file = weights.get("")!;
    assertEquals(file.metadata, { format: "pt" });
    assertEquals([weights.size, file.entries.size], [1, 2]);
    for (const [name, array] of written) assertEquals(file.read(name), array);
    // Repositories do not keep an empty directory.
    await Deno.remove(join(directory, "2_Normalize"));
    assertEquals((await readModelDirectory(directory)).modules, MODEL.modules);
  });
});

Deno.test("writeModelDirectory() takes the width from config, under DistilBERT's name too", async () => {
  await withSaved({ ...MODEL, config: { dim: 6 } }, async (directory) => {
    const text = await Deno.readTextFile(join(directory, "1_Pooling", "config.json"));
    assertEquals(JSON.parse(text).word_embedding_dimension, 6);
  });
  await assertRejects(
    () => withSaved({ ...MODEL, config: {} }, () => Promise.resolve()),
    TypeError,
    "its config names neither hidden_size nor dim",
  );
});

Deno.test("writeModelDirectory() inside of writeDirectoryAtomically() is all or nothing", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const path = join(parent, "model");
    await writeDirectoryAtomically(path, (to) => writeModelDirectory(to, MODEL));
    const failing = writeDirectoryAtomically(path, async (to) => {
      await Deno.mkdir(join(to, "README.md"));
      await writeModelDirectory(to, MODEL);
    });
    await assertRejects(
      () => failing,
      OutputError,
      `Cannot write ${path}/README.md: a directory has this`,
    );
    assertEquals(namesBelow(path).length, 13);
    assertEquals(namesBelow(parent).filter((name) => !name.startsWith("model/")), []);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});
