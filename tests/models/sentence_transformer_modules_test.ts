import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import type { ModuleConfig } from "../../src/io/module_config.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { readGolden } from "../golden/golden.ts";
import { bert } from "../reference/bert.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { TINY_BERT, withTinyBert } from "../support/model_directory.ts";
import {
  C,
  type Files,
  heads,
  N,
  pooled,
  VERSION_3,
  VERSION_6,
} from "../support/module_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const TEXTS = ["the cat was there", "", "Who has not been there, into all the world?"];

async function withModel(
  files: Files,
  test: (model: SentenceTransformer, directory: string) => unknown,
): Promise<void> {
  const gpu = await testGpu();
  await withTinyBert(files, async (directory) => {
    const model = await SentenceTransformer.load(gpu, directory);
    await test(model, directory);
    model.destroy();
  });
}

Deno.test("SentenceTransformer runs the modules of either era's directory, to the same bits", async () => {
  const results: Float32Array[] = [];
  for (const files of [VERSION_3, VERSION_6]) {
    await withModel(files, async (model) => {
      assertEquals([model.dimension, model.similarity, model.maxSequenceLength], [
        N,
        "manhattan",
        24,
      ]);
      const { data } = await model.encode(TEXTS);
      const modes = ["weightedmean", "lasttoken"] as const;
      const expected = heads(await pooled(model, TEXTS, { modes }), TEXTS.length);
      const error = relativeError(data, expected);
      // What is pooled is within 1e-6 elsewhere; the layer norm divides it by deviations above a quarter.
      assert(error < 4e-6, `off by ${error}`);
      results.push(data);
    });
  }
  assertEquals(results.length, 2);
  assertEquals(results[0], results[1]);
});

Deno.test("SentenceTransformer writes either era's model as sentence-transformers 3, word for word", async () => {
  for (const files of [VERSION_3, VERSION_6]) {
    await withModel(files, async (model) => {
      await withFolder({}, async (saved) => {
        await writeModelDirectory(saved, await model.toSavedModel(""));
        for (const [name, content] of Object.entries(VERSION_3)) {
          const bytes = await Deno.readFile(join(saved, name));
          if (content instanceof Uint8Array) assertEquals(bytes, content, name);
          else assertEquals(new TextDecoder().decode(bytes), content, name);
        }
        assertEquals([...Deno.readDirSync(join(saved, "5_Normalize"))], []);
        const again = await SentenceTransformer.load(model.gpu, saved);
        assertEquals((await again.encode(TEXTS)).data, (await model.encode(TEXTS)).data);
        again.destroy();
      });
    });
  }
});

Deno.test("encode() leaves the prompt's tokens out where the pooling says so", async () => {
  const gpu = await testGpu();
  const modes = ["cls", "max", "mean", "weightedmean", "lasttoken"] as const;
  const plain = await SentenceTransformer.load(gpu, TINY_BERT);
  const prompt = "who has ";
  const texts = TEXTS.map((text) => prompt + text);
  let seen = 0;
  for (const includePrompt of [true, false]) {
    const modules: ModuleConfig[] = [{ type: "Pooling", modes, includePrompt }];
    const model = await SentenceTransformer.load(gpu, TINY_BERT, { modules });
    // [CLS] and the prompt's tokens, without [SEP].
    const length = plain.tokenize(prompt).length - 1;
    assertEquals([model.promptLength(prompt), model.promptLength("")], [
      includePrompt ? 0 : length,
      0,
    ]);
    assert(length >= 3, "the prompt is more than [CLS]");
    const { data, columns } = await model.encode(TEXTS, { prompt });
    assertEquals(columns, modes.length * C);
    const promptLength = includePrompt ? 0 : length;
    const error = relativeError(data, await pooled(plain, texts, { modes, promptLength }));
    assert(error < 1e-6, `include ${includePrompt}: off by ${error}`);
    // Without a prompt nothing is left out.
    const without = relativeError(
      (await model.encode(TEXTS)).data,
      await pooled(plain, TEXTS, { modes }),
    );
    assert(without < 1e-6, `without a prompt: off by ${without}`);
    model.destroy();
    seen++;
  }
  assertEquals(seen, 2);
  plain.destroy();
});

Deno.test("encode() pools what a cut leaves of a long prompt's text", async () => {
  const modules: ModuleConfig[] = [{ type: "Pooling", modes: ["mean"], includePrompt: false }];
  const options = { modules, maxSequenceLength: 6 };
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT, options);
  const prompt = "the of and to in is was for ";
  assertEquals(model.promptLength(prompt), 5);
  const { data } = await model.encode(["who has", "a"], { prompt });
  const expected = await pooled(model, [prompt, prompt], { modes: ["lasttoken"] });
  assert(relativeError(data, expected) < 1e-6);
  model.destroy();
});

Deno.test("encode() cuts embeddings, then scales them; embed() does not cut", async () => {
  await withModel(
    { ...VERSION_3, "config_sentence_transformers.json": { truncate_dim: 5 } },
    async (model, directory) => {
      const whole = await model.encode(TEXTS, { truncateDim: N });
      assertEquals([model.dimension, model.fullDimension, whole.columns], [5, N, N]);
      const cut = await model.encode(TEXTS);
      assertEquals([cut.rows, cut.columns], [3, 5]);
      const rows = (width: number) =>
        TEXTS.map((_, i) => [...whole.data.subarray(i * N, i * N + width)]);
      assertEquals([...cut.data], rows(5).flat());
      const scaled = await model.encode(TEXTS, { truncateDim: 3, normalizeEmbeddings: true });
      const expected = rows(3).flatMap((row) => row.map((value) => value / Math.hypot(...row)));
      assert(relativeError(scaled.data, Float64Array.from(expected)) < 2 ** -22);
      const other = await SentenceTransformer.load(model.gpu, directory, { truncateDim: 7 });
      assertEquals((await other.encode(["a"])).columns, 7);
      await withFolder({}, async (saved) => {
        await writeModelDirectory(saved, await other.toSavedModel(""));
        const text = await Deno.readTextFile(join(saved, "config_sentence_transformers.json"));
        assertEquals(JSON.parse(text).truncate_dim, 7);
      });
      other.destroy();
      await assertRejects(() => model.encode(["a"], { truncateDim: 1.5 }), RangeError, "is 1.5");
    },
  );
});

Deno.test("encode() gives token vectors where it is asked for them", async () => {
  const model = await SentenceTransformer.load(await testGpu(), TINY_BERT);
  const texts = await model.encode(TEXTS, { outputValue: "token_embeddings" });
  const { weights } = await readGolden();
  const sequences = TEXTS.map((text) => [...model.tokenize(text)]);
  const { hidden } = bert({ weights, layers: 2, C, H: 2, eps: 1e-12, sequences });
  assertEquals(
    texts.map(({ rows, columns }) => [rows, columns]),
    sequences.map(({ length }) => [length, C]),
  );
  const all = Float32Array.from(texts.flatMap(({ data }) => [...data]));
  assert(relativeError(all, hidden) < 1e-6);
  model.destroy();
});

Deno.test("load() puts other modules behind an encoder, with values of the seed", async () => {
  const gpu = await testGpu();
  const dense: ModuleConfig = {
    type: "Dense",
    inFeatures: C,
    outFeatures: 8,
    bias: false,
    activation: "identity",
    residual: true,
  };
  const modules: ModuleConfig[] = [
    { type: "Pooling", modes: ["mean"], includePrompt: true },
    dense,
    { type: "Normalize" },
  ];
  await withTinyBert(VERSION_3, async (directory) => {
    const results: Float32Array[] = [];
    for (const path of [TINY_BERT, directory]) {
      const options = { modules, maxSequenceLength: 24, seed: 7 };
      const model = await SentenceTransformer.load(gpu, path, options);
      assertEquals(model.dimension, 8);
      results.push((await model.encode(TEXTS)).data);
      const { weights } = await model.toSavedModel("");
      const names = [...weights.keys()].filter((name) => name.includes("/"));
      assertEquals(names, ["2_Dense/linear.weight", "2_Dense/residual.weight"]);
      model.destroy();
    }
    assertEquals(results[0], results[1]);
  });
  await assertRejects(
    () => SentenceTransformer.load(gpu, TINY_BERT, { modules: [dense] }),
    InputError,
    "found Transformer, Dense, wanted one Pooling after the Transformer",
  );
});

Deno.test("SentenceTransformer pools by every mode of a file, on both kinds of operands", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const mode of ["mean_sqrt_len_tokens", "weightedmean", "lasttoken"] as const) {
      const modules: ModuleConfig[] = [{ type: "Pooling", modes: [mode], includePrompt: true }];
      const model = await SentenceTransformer.load(gpu, TINY_BERT, { modules });
      const { data } = await model.encode(TEXTS);
      const error = relativeError(data, await pooled(model, TEXTS, { modes: [mode] }));
      assert(error < 1e-6, `${mode}: off by ${error}`);
      model.destroy();
      seen++;
    }
  }
  assertEquals(seen, 6);
});
