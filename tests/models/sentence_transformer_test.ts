import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { writeModelDirectory } from "../../src/io/write_model_directory.ts";
import type { PoolingMode } from "../../src/io/pooling_config.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { readGolden } from "../golden/golden.ts";
import { bert } from "../reference/bert.ts";
import { l2Normalize } from "../reference/l2_normalize.ts";
import { pool } from "../reference/pool.ts";
import { assertClose, floatTolerance, relativeError } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { TINY_BERT, tinyConfig, withTinyBert } from "../support/model_directory.ts";
import { poison } from "../support/run_op.ts";
import { withFolder } from "../support/with_folder.ts";

const C = 32;
const TEXTS = [
  "the cat was there",
  "",
  "Who has not been there, into all the world, when she was with them?",
  "a",
  "which were the first and which the other?",
  "the cat was there",
  "would this be more than that?",
];
/** What another order of additions costs through two layers of values of about 1. */
const ROUNDING = { absolute: 4 * floatTolerance(64), relative: 0 };

/** Runs a test with the tiny BERT, and asserts that no memory of the pool stays behind. */
async function withModel(test: (model: SentenceTransformer) => Promise<void>): Promise<void> {
  const gpu = await testGpu();
  const model = await SentenceTransformer.load(gpu, TINY_BERT);
  const { live } = gpu.pool.counters;
  try {
    await test(model);
    assertEquals(gpu.pool.counters.live, live, "memory stays behind");
  } finally {
    model.destroy();
  }
}

Deno.test("encode() gives one row a text, in the order of the texts", async () => {
  await withModel(async (model) => {
    const { data, rows, columns } = await model.encode(TEXTS);
    assertEquals([data.length, rows, columns], [TEXTS.length * C, TEXTS.length, C]);
    const row = (i: number) => data.subarray(i * C, (i + 1) * C);
    for (const [i, text] of TEXTS.entries()) {
      const alone = await model.encode([text]);
      assertClose(row(i), alone.data, { op: "encode", case: text, ...ROUNDING });
    }
    assertClose(row(0), row(5), { op: "encode", case: "the same text", ...ROUNDING });
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < i; j++) assert(relativeError(row(i), row(j)) > 0.1, `${i} is like ${j}`);
    }
  });
});

Deno.test("encode() gives the same whatever the size of a batch, in dirty memory too", async () => {
  const texts = Array.from(
    { length: 150 },
    (_, i) => `${TEXTS[i % 7]} ${"the of to ".repeat(i % 5)}`,
  );
  await withModel(async (model) => {
    const { data } = await model.encode(texts);
    assertEquals((await model.encode(texts)).data, data);
    for (const batchSize of [1, 2, 32, 64, 149, 1000]) {
      const other = await model.encode(texts, { batchSize });
      assertClose(other.data, data, { op: "encode", case: `batches of ${batchSize}`, ...ROUNDING });
    }
    const stop = poison(model.gpu);
    assertEquals((await model.encode(texts)).data, data);
    stop();
    await assertRejects(() => model.encode(texts, { batchSize: 0 }), RangeError, "size is 0");
  });
});

Deno.test("encode() takes no text, empty texts and 100,000 characters", async () => {
  await withModel(async (model) => {
    const none = await model.encode([]);
    assertEquals([none.data.length, none.rows, none.columns], [0, 0, C]);

    assertEquals([...model.tokenize("")], [2, 3]);
    const blank = await model.encode(["", " \n\t "]);
    assert(blank.data.every(Number.isFinite));
    assertClose(blank.data.slice(0, C), blank.data.slice(C), { op: "blank text", ...ROUNDING });

    const words = Array.from({ length: 20_000 }, (_, i) => ["the", "who", "a."][i % 3]);
    const text = words.join(" ").padEnd(100_000, "y");
    assertEquals(text.length, 100_000);
    const ids = model.tokenize(text);
    assertEquals(ids.length, 40);
    const long = await model.encode([text, words.slice(0, 40).join(" ")]);
    assertClose(long.data.slice(0, C), long.data.slice(C), { op: "long text", ...ROUNDING });
  });
});

Deno.test("encode() reads back in groups and reports how many texts are done", async () => {
  await withModel(async (model) => {
    const count = 2 ** 17 + 100; // more than one readback of 32 columns may take
    const texts = Array.from({ length: count }, (_, i) => i % 3 === 0 ? "who has" : "");
    const progress: number[] = [];
    const { data } = await model.encode(texts, { onProgress: (done) => progress.push(done) });
    assertEquals(progress.length, 2);
    assertEquals(progress[1], count);
    assert(progress[0] > count / 2 && progress[0] <= 2 ** 17);
    const expected = (await model.encode(texts.slice(0, 2))).data;
    let worst = 0;
    for (let i = 0; i < data.length; i++) {
      const wanted = expected[(Math.floor(i / C) % 3 === 0 ? 0 : C) + i % C];
      worst = Math.max(worst, Math.abs(data[i] - wanted));
    }
    assert(worst <= ROUNDING.absolute, `off by ${worst}`);
  });
});

Deno.test("encode() puts prompts before the texts", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (directory) => {
    const plain = await SentenceTransformer.load(gpu, TINY_BERT);
    await writeModelDirectory(directory, {
      ...await plain.toSavedModel(""),
      prompts: { query: "who has: ", passage: "there is " },
      defaultPromptName: "passage",
    });
    const model = await SentenceTransformer.load(gpu, directory);
    const prefixed = async (prompt: string) =>
      (await plain.encode(TEXTS.map((text) => prompt + text))).data;
    const encode = async (options: { prompt?: string; promptName?: string }) =>
      (await model.encode(TEXTS, options)).data;
    assertEquals(await encode({}), await prefixed("there is "));
    assertEquals(await encode({ promptName: "query" }), await prefixed("who has: "));
    assertEquals(await encode({ prompt: "in all " }), await prefixed("in all "));
    assertEquals(await encode({ prompt: "", promptName: "query" }), await prefixed(""));
    await assertRejects(
      () => encode({ promptName: "querry" }),
      UsageError,
      'Cannot encode with prompt "querry": the model\'s prompts are "query", "passage"; ' +
        'the nearest is "query"',
    );
    model.destroy();
    plain.destroy();
  });
});

Deno.test("encode() pools by mean, first token or maximum, and normalises where it should", async () => {
  const { weights } = await readGolden();
  let seen = 0;
  for (const gpu of await testGpus()) {
    const plain = await SentenceTransformer.load(gpu, TINY_BERT);
    const saved = await plain.toSavedModel("");
    const sequences = TEXTS.map((text) => [...plain.tokenize(text)]);
    const { hidden: x, sequenceStarts } = bert({
      weights,
      layers: 2,
      C,
      H: 2,
      eps: 1e-12,
      sequences,
    });
    for (const mode of ["mean", "cls", "max"] as const satisfies readonly PoolingMode[]) {
      const pooled = pool({ x, sequenceStarts, C, mode });
      for (const normalize of [false, true]) {
        await withFolder({}, async (directory) => {
          const pooling = { type: "Pooling", modes: [mode], includePrompt: true } as const;
          const modules = normalize ? [pooling, { type: "Normalize" } as const] : [pooling];
          await writeModelDirectory(directory, { ...saved, modules });
          const model = await SentenceTransformer.load(gpu, directory);
          const expected = normalize ? l2Normalize(pooled, C) : pooled;
          const error = relativeError((await model.encode(TEXTS)).data, expected);
          assert(error < 1e-6, `${mode}, normalize ${normalize}: off by ${error}`);
          model.destroy();
          seen++;
        });
      }
    }
    plain.destroy();
  }
  assertEquals(seen, 12);
});

Deno.test("create() makes the same model for the same seed", async () => {
  const gpu = await testGpu();
  const vocabulary = (await Deno.readTextFile(`${TINY_BERT}/vocab.txt`)).trimEnd().split("\n");
  const tokenizer = Tokenizer.fromVocabulary(vocabulary);
  const config = await tinyConfig();
  const weightsOf = async (seed?: number) => {
    const model = SentenceTransformer.create(gpu, { config, tokenizer, seed });
    const { weights } = await model.toSavedModel("");
    model.destroy();
    return weights;
  };
  const weights = await weightsOf(42);
  assertEquals(weights.size, 39); // with a pooler, which transformers wants to find
  assertEquals(await weightsOf(), weights);
  const others = await weightsOf(43);
  for (const [name, { data }] of weights) {
    if (name.endsWith(".bias") || name.includes("LayerNorm")) continue;
    assertNotEquals(others.get(name)!.data, data, name);
  }
});

Deno.test("create() refuses a tokenizer with more tokens than the model has", async () => {
  const gpu = await testGpu();
  const config = { ...await tinyConfig(), vocab_size: 119 };
  await withTinyBert({ "config.json": config }, async (directory) => {
    const vocabulary = (await Deno.readTextFile(`${directory}/vocab.txt`)).trimEnd().split("\n");
    assertThrows(
      () =>
        SentenceTransformer.create(gpu, {
          config,
          tokenizer: Tokenizer.fromVocabulary(vocabulary),
        }),
      InputError,
      "Cannot load the new model: its tokenizer has 120 tokens, its model 119",
    );
  });
});
