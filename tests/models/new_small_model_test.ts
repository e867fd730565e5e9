import { assert, assertEquals } from "@std/assert";
import { newSmallModel } from "../../src/models/new_small_model.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("newSmallModel() makes a trainable BERT of 4.4 million parameters", async () => {
  const gpu = await testGpu();
  const model = await newSmallModel(gpu);
  assertEquals([model.dimension, model.maxSequenceLength, model.similarity], [128, 128, "cosine"]);
  assertEquals(model.store.size, 4_369_408);
  assertEquals(model.tokenizer.vocabularySize, 30_522);
  assertEquals(model.config.model_type, "bert");
  assertEquals(model.settings.modules, [
    { type: "Pooling", modes: ["mean"], includePrompt: true },
  ]);
  assert(model.store.parameters.every(({ value }) => value.gradient !== null));
  const [cls, hello, sep] = [101, 7592, 102];
  assertEquals([...model.tokenize("Hello")], [cls, hello, sep]);
  const { data } = await model.encode(["Where is my parcel?", "Pay later"]);
  assert(data.every(Number.isFinite));
  assert(relativeError(data.slice(0, 128), data.slice(128)) > 0.1);
  model.destroy();
});

Deno.test("newSmallModel() takes length and use from its caller", async () => {
  const model = await newSmallModel(await testGpu(), { maxSequenceLength: 16, trainable: false });
  assertEquals(model.maxSequenceLength, 16);
  assert(model.store.parameters.every(({ value }) => value.gradient === null));
  model.destroy();
});
