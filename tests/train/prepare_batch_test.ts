import { assertEquals } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import type { Prompts } from "../../src/train/prompts.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

async function maker(prompts: Prompts = null) {
  const model = await tinyModel(await testGpu());
  return { model, pool: new TokenizerPool(model.tokenizer, 0), prompts };
}

Deno.test("prepareBatch packs the rows of a dataset, column after column", async () => {
  const made = await maker();
  const pairs = tinyPairs(4);
  const batch = await prepareBatch(made, pairs, [2, 0]);
  assertEquals(batch.columns, [
    { name: "anchor", first: 0, count: 2 },
    { name: "positive", first: 2, count: 2 },
  ]);
  const texts = ["anchor", "positive"]
    .flatMap((column) => [2, 0].map((row) => pairs.text(column).at(row)!));
  assertEquals([...batch.ids], texts.flatMap((text) => [...made.model.tokenize(text)]));
  assertEquals(batch.labels, null);
  made.model.destroy();
});

Deno.test("prepareBatch puts prompts before the texts of their columns", async () => {
  const made = await maker({ positive: "a b c " });
  const pairs = tinyPairs(2);
  const batch = await prepareBatch(made, pairs, [0]);
  const expected = [pairs.text("anchor").at(0)!, `a b c ${pairs.text("positive").at(0)}`];
  assertEquals([...batch.ids], expected.flatMap((text) => [...made.model.tokenize(text)]));
  made.model.destroy();
});

Deno.test("prepareBatch brings the labels of its rows", async () => {
  const made = await maker();
  const texts = new Map([["text", ["a", "b", "c"]]]);
  const dataset = new Dataset({ name: "scored", texts, labels: [0.1, 0.2, 0.3] });
  assertEquals((await prepareBatch(made, dataset, [2, 0])).labels, Float32Array.of(0.3, 0.1));
  made.model.destroy();
});

Deno.test("prepareBatch counts the tokens of prompts where the pooling leaves them out", async () => {
  const gpu = await testGpu();
  const prompts = { positive: "a b c " };
  const pairs = tinyPairs(2);
  for (const includePrompt of [true, false]) {
    const modules = [{ type: "Pooling", modes: ["mean"], includePrompt }] as const;
    const model = await SentenceTransformer.load(gpu, TINY_BERT, { modules });
    const pool = new TokenizerPool(model.tokenizer, 0);
    const { promptLengths } = await prepareBatch({ model, pool, prompts }, pairs, [0, 1]);
    // [CLS] and three letters.
    assertEquals(promptLengths, includePrompt ? undefined : Uint32Array.of(0, 0, 4, 4));
    model.destroy();
  }
});
