import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { InputError } from "../../src/errors.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { embeddingBag } from "../reference/embedding_bag.ts";
import { l2Normalize } from "../reference/l2_normalize.ts";
import { normalValues } from "../reference/random_values.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { withFolder } from "../support/with_folder.ts";

const VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "c"];
const [V, C] = [VOCABULARY.length, 12];
const TABLE = Float32Array.from(normalValues(V * C, 1));
const TOKENIZER = JSON.stringify(Tokenizer.fromVocabulary(VOCABULARY).toJson());
const TEXTS = ["a b b", "", "C", "a [SEP]"];
const IDS = [[5, 6, 6], [], [7], [5, 3]];

function weights(name: string): Uint8Array {
  return encodeSafetensors(new Map([[name, { shape: [V, C], data: TABLE }]]), { format: "pt" });
}

/** A directory of release 3, one of release 6, and one whose table was made by model2vec. */
function layouts(): Record<string, string | Uint8Array>[] {
  const modules = (path: string, prefix: string, module: string, tail: object[] = []) =>
    JSON.stringify([{ idx: 0, name: "0", path, type: `${prefix}${module}` }, ...tail]);
  const normalize = {
    idx: 1,
    name: "1",
    path: "1_Normalize",
    type: "sentence_transformers.models.Normalize",
  };
  const old = "sentence_transformers.models.";
  const own = "sentence_transformers.sentence_transformer.modules.static_embedding.";
  return [
    {
      "modules.json": modules("0_StaticEmbedding", old, "StaticEmbedding", [normalize]),
      "0_StaticEmbedding/tokenizer.json": TOKENIZER,
      "0_StaticEmbedding/model.safetensors": weights("embedding.weight"),
    },
    {
      "modules.json": modules("", own, "StaticEmbedding", [normalize]),
      "tokenizer.json": TOKENIZER,
      "model.safetensors": weights("embedding.weight"),
    },
    {
      "modules.json": modules(".", own, "StaticEmbedding", [normalize]),
      "tokenizer.json": TOKENIZER,
      "model.safetensors": weights("embeddings"),
    },
  ];
}

Deno.test("SentenceTransformer reads a table of both eras and of model2vec, without special tokens", async () => {
  const sequenceStarts = IDS.reduce((starts, ids) => [...starts, starts.at(-1)! + ids.length], [0]);
  const table = Float64Array.from(TABLE);
  const expected = l2Normalize(embeddingBag({ table, ids: IDS.flat(), sequenceStarts, C }), C);
  let seen = 0;
  for (const files of layouts()) {
    await withFolder(files, async (directory) => {
      const model = await SentenceTransformer.load(await testGpu(), directory);
      assertEquals(TEXTS.map((text) => [...model.tokenize(text)]), IDS);
      assertEquals([model.dimension, model.maxSequenceLength], [C, 2 ** 31 - 1]);
      const { data } = await model.encode(TEXTS);
      const error = relativeError(data, expected);
      assert(error < 2 ** -21, `off by ${error}`);
      assertEquals([...(await model.encode(["", ""])).data], Array(2 * C).fill(0));
      model.destroy();
      seen++;
    });
  }
  assertEquals(seen, 3);
});

Deno.test("SentenceTransformer writes a table as sentence-transformers 3 and reads it again", async () => {
  const [, files] = layouts();
  await withFolder(files, async (directory) => {
    const model = await SentenceTransformer.load(await testGpu(), directory);
    await withFolder({}, async (saved) => {
      await writeModelDirectory(saved, await model.toSavedModel("# Card\n"));
      const names = [...Deno.readDirSync(saved)].map(({ name }) => name).sort();
      assertEquals(names, [
        "0_StaticEmbedding",
        "1_Normalize",
        "README.md",
        "config_sentence_transformers.json",
        "modules.json",
      ]);
      const folder = join(saved, "0_StaticEmbedding");
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
        "model.safetensors",
        "tokenizer.json",
      ]);
      const json = await Deno.readTextFile(join(folder, "tokenizer.json"));
      assertEquals(JSON.parse(json), JSON.parse(TOKENIZER));
      const again = await SentenceTransformer.load(model.gpu, saved);
      assertEquals((await again.encode(TEXTS)).data, (await model.encode(TEXTS)).data);
      again.destroy();
    });
    model.destroy();
  });
});

Deno.test("SentenceTransformer cuts texts of a table as its tokenizer.json or the caller says", async () => {
  const gpu = await testGpu();
  const [, files] = layouts();
  const truncation = { max_length: 2, direction: "Right", strategy: "LongestFirst", stride: 0 };
  const json = JSON.stringify({ ...JSON.parse(TOKENIZER), truncation });
  await withFolder({ ...files, "tokenizer.json": json }, async (directory) => {
    for (const maxSequenceLength of [undefined, 1]) {
      const model = await SentenceTransformer.load(gpu, directory, { maxSequenceLength });
      assertEquals(model.maxSequenceLength, maxSequenceLength ?? 2);
      assertEquals(model.tokenize("a b c").length, maxSequenceLength ?? 2);
      model.destroy();
    }
  });
});

Deno.test("SentenceTransformer says what a table's directory lacks", async () => {
  const [, files] = layouts();
  const cases: [string, string | Uint8Array | null, string][] = [
    ["tokenizer.json", null, "tokenizer.json is missing"],
    ["model.safetensors", null, "model.safetensors is missing"],
    ["model.safetensors", weights("weight"), 'there is no tensor "embedding.weight"'],
  ];
  for (const [name, content, message] of cases) {
    const changed = { ...files };
    if (content === null) delete changed[name];
    else changed[name] = content;
    await withFolder(changed, async (directory) => {
      const load = async () => await SentenceTransformer.load(await testGpu(), directory);
      await assertRejects(load, InputError, message);
    });
  }
});
