import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import { encodeSafetensors, type NamedArray } from "../../src/io/safetensors.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { type LoadOptions, SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT, tinyConfig, tinyWeights, withTinyBert } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const TEXTS = ["the cat was there", "", "Who has not been there, into all the world?"];

/** Embeds the texts with the model of a directory. */
async function embed(directory: string, options: LoadOptions = {}): Promise<Float32Array> {
  const model = await SentenceTransformer.load(await testGpu(), directory, options);
  try {
    return (await model.encode(TEXTS)).data;
  } finally {
    model.destroy();
  }
}

/** The weights of the tiny BERT under other names, with what a task's checkpoint has besides. */
async function renamed(rename: (name: string) => string): Promise<Uint8Array> {
  const weights = new Map<string, NamedArray>([
    ["cls.predictions.bias", { shape: [120], data: new Float32Array(120) }],
  ]);
  for (const [name, array] of await tinyWeights()) weights.set(rename(name), array);
  return encodeSafetensors(weights);
}

function older(name: string): string {
  return name.replace("LayerNorm.weight", "LayerNorm.gamma")
    .replace("LayerNorm.bias", "LayerNorm.beta");
}

Deno.test("SentenceTransformer loads a plain encoder under every name that checkpoints have had", async () => {
  const expected = await embed(TINY_BERT);
  assertEquals(expected.length, TEXTS.length * 32);
  assert(expected.every(Number.isFinite));
  const renames = [
    (name: string) => name,
    (name: string) => `bert.${name}`,
    older,
    (name: string) => `bert.${older(name)}`,
  ];
  for (const rename of renames) {
    await withTinyBert({ "model.safetensors": await renamed(rename) }, async (directory) => {
      assertEquals(await embed(directory), expected);
    });
  }
  assertEquals(await embed(TINY_BERT, { trainable: true }), expected);
});

Deno.test("SentenceTransformer gives the same bits after saving and loading", async () => {
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
  const saved = await model.toSavedModel("# Tiny\n");
  assertEquals(saved.weights, await tinyWeights());
  await withFolder({}, async (directory) => {
    await writeModelDirectory(directory, saved);
    assertEquals(await embed(directory), (await model.encode(TEXTS)).data);
    await Deno.remove(join(directory, "tokenizer.json"));
    assertEquals(await embed(directory), (await model.encode(TEXTS)).data);
  });
  model.destroy();
});

Deno.test("SentenceTransformer keeps pooling, prompts, similarity and length when saved", async () => {
  const plain = await SentenceTransformer.load(await testGpu(), TINY_BERT);
  assertEquals([plain.dimension, plain.similarity, plain.maxSequenceLength], [32, "cosine", 40]);
  const settings = {
    modules: [{ type: "Pooling", modes: ["cls"], includePrompt: true }, { type: "Normalize" }],
    doLowerCase: true,
    prompts: { query: "who has: " },
    defaultPromptName: "query",
    similarity: "dot",
    truncateDim: 8,
  } as const;
  const changed = { ...await plain.toSavedModel(""), ...settings, maxSequenceLength: 16 };
  await withFolder({}, async (first) => {
    await writeModelDirectory(first, changed);
    const model = await SentenceTransformer.load(plain.gpu, first);
    // Nothing else: the directory's weights must not stay in memory.
    assertEquals(model.settings, settings);
    assertEquals([model.similarity, model.maxSequenceLength], ["dot", 16]);
    assertEquals([model.dimension, model.fullDimension], [8, 32]);
    await withFolder({}, async (second) => {
      await writeModelDirectory(second, await model.toSavedModel(""));
      for (const name of ["config_sentence_transformers.json", "sentence_bert_config.json"]) {
        assertEquals(
          await Deno.readTextFile(join(second, name)),
          await Deno.readTextFile(join(first, name)),
        );
      }
      assertEquals(await embed(second), await embed(first));
    });
    model.destroy();
  });
  plain.destroy();
});

Deno.test("SentenceTransformer keeps the pooler of a checkpoint, which it does not use", async () => {
  const pooler = new Map<string, NamedArray>([
    ["pooler.dense.weight", { shape: [32, 32], data: new Float32Array(normalValues(1024, 1)) }],
    ["pooler.dense.bias", { shape: [32], data: new Float32Array(normalValues(32, 2)) }],
  ]);
  const weights = new Map([...await tinyWeights(), ...pooler]);
  await withTinyBert({ "model.safetensors": encodeSafetensors(weights) }, async (directory) => {
    const model = await SentenceTransformer.load(await testGpu(), directory);
    const saved = await model.toSavedModel("");
    assertEquals(saved.weights.size, 39);
    assertEquals(saved.weights, weights);
    assertEquals((await model.encode(TEXTS)).data, await embed(TINY_BERT));
    model.destroy();
  });
});

Deno.test("SentenceTransformer reads the case of vocab.txt from tokenizer_config.json", async () => {
  const the = (await tinyVocabulary()).indexOf("the");
  const unknown = 1;
  for (const [do_lower_case, id] of [[true, the], [false, unknown]] as const) {
    const files = { "tokenizer_config.json": { do_lower_case } };
    await withTinyBert(files, async (directory) => {
      const model = await SentenceTransformer.load(await testGpu(), directory);
      assertEquals([...model.tokenize("the The")], [2, the, id, 3]);
      model.destroy();
    });
  }
});

async function tinyVocabulary(): Promise<string[]> {
  return (await Deno.readTextFile(join(TINY_BERT, "vocab.txt"))).trimEnd().split("\n");
}

Deno.test("SentenceTransformer refuses damaged models and says what is wrong", async () => {
  const config = await tinyConfig();
  const bytes = await Deno.readFile(join(TINY_BERT, "model.safetensors"));
  const missing = new Map(await tinyWeights());
  missing.delete("encoder.layer.1.output.dense.bias");
  const vocabulary = [...await tinyVocabulary(), "extra"].join("\n");
  const layout = (pooling: object) => ({
    "modules.json": ["Transformer", "Pooling"].map((name, i) => ({
      path: i === 0 ? "" : "1_Pooling",
      type: `sentence_transformers.models.${name}`,
    })),
    "1_Pooling/config.json": pooling,
  });
  const cases: [Parameters<typeof withTinyBert>[0], string][] = [
    [
      { "config.json": { ...config, hidden_size: 64 } },
      "model.safetensors: its shape is [120, 32], config.json asks for [120, 64]",
    ],
    [
      { "config.json": { ...config, model_type: "bart" } },
      'config.json: model_type is "bart", wanted one of ',
    ],
    [{ "config.json": "{" }, "config.json: it is not JSON"],
    [
      { "model.safetensors": encodeSafetensors(missing) },
      'there is no tensor "encoder.layer.1.output.dense.bias" among its 36',
    ],
    [
      { "model.safetensors": bytes.subarray(0, bytes.length - 4) },
      "promises 93160 bytes, the file has 93156",
    ],
    [{ "model.safetensors": bytes.subarray(0, 5) }, "model.safetensors: "],
    [{ "model.safetensors": null }, "model.safetensors is missing"],
    [{ "vocab.txt": null }, "neither tokenizer.json nor vocab.txt is there"],
    [{ "vocab.txt": vocabulary }, "its tokenizer has 121 tokens, its model 120"],
    [layout({ pooling_mode: "sum" }), 'pooling mode "sum" is unknown'],
  ];
  assertEquals(cases.length, 10);
  for (const [files, reason] of cases) {
    await withTinyBert(files, async (directory) => {
      const error = await assertRejects(() => embed(directory), InputError, reason);
      assert(error.message.startsWith("Cannot "), error.message);
      assert(error.message.includes(directory), error.message);
    });
  }
});

Deno.test("SentenceTransformer cuts at the length that is asked for, up to the model's positions", async () => {
  const gpu = await testGpu();
  const text = "the of and to in is was for on that";
  for (const maxSequenceLength of [2, 5, 40]) {
    const model = await SentenceTransformer.load(gpu, TINY_BERT, { maxSequenceLength });
    assertEquals(model.maxSequenceLength, maxSequenceLength);
    assertEquals(model.tokenize(text).length, Math.min(maxSequenceLength, 12));
    assertEquals(model.tokenize(text).at(-1), 3);
    model.destroy();
  }
  for (const maxSequenceLength of [1, 2.5, 41]) {
    await assertRejects(
      () => SentenceTransformer.load(gpu, TINY_BERT, { maxSequenceLength }),
      UsageError,
      `the maximum sequence length is ${maxSequenceLength}, wanted a whole number from 2`,
    );
  }
  await withTinyBert({ "tokenizer_config.json": { model_max_length: 12 } }, async (directory) => {
    const model = await SentenceTransformer.load(gpu, directory);
    assertEquals(model.maxSequenceLength, 12);
    model.destroy();
  });
});
