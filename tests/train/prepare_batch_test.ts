import { assertEquals } from "@std/assert";
import { ConcatDataset } from "../../src/data/concat_dataset.ts";
import { Dataset } from "../../src/data/dataset.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

Deno.test("prepareBatch packs the rows of one of several datasets, column after column", async () => {
  const model = await tinyModel(await testGpu());
  const [pairs, other] = [tinyPairs(6), tinyPairs(4, "other")];
  const batch = prepareBatch(model, new ConcatDataset([pairs, other]), Uint32Array.of(8, 6));
  assertEquals(batch.columns, [
    { name: "anchor", first: 0, count: 2 },
    { name: "positive", first: 2, count: 2 },
  ]);
  const texts = [2, 0].map((row) => other.text("anchor")[row]);
  const expected = [...texts, ...[2, 0].map((row) => other.text("positive")[row])]
    .flatMap((text) => [...model.tokenize(text)]);
  assertEquals([...batch.ids], expected);
  assertEquals(batch.labels, null);
  model.destroy();
});

Deno.test("prepareBatch brings the labels of its rows", async () => {
  const model = await tinyModel(await testGpu());
  const texts = new Map([["text", ["a", "b", "c"]]]);
  const dataset = new Dataset({ name: "scored", texts, labels: [0.1, 0.2, 0.3] });
  const batch = prepareBatch(model, new ConcatDataset([dataset]), Uint32Array.of(2, 0));
  assertEquals(batch.labels, Float32Array.of(0.3, 0.1));
  model.destroy();
});
