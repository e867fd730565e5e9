import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { canPool, checkFileSize, onnxModel } from "../../src/export/onnx_model.ts";
import type { ModuleConfig } from "../../src/io/module_config.ts";
import { StaticEmbedding } from "../../src/nn/static_embedding.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { paddedFeeds, runOnnx } from "../support/onnx.ts";

const TEXTS = ["the cat was there", "who has"];

/** An export of the tiny BERT with other modules behind it, and the model itself. */
async function exported(modules: ModuleConfig[], truncateDim: number | null = null) {
  const gpu = await testGpu();
  const options = { modules, truncateDim: truncateDim ?? undefined };
  const model = await SentenceTransformer.load(gpu, TINY_BERT, options);
  const saved = await model.toSavedModel("");
  const encoder = model.first;
  assert(!(encoder instanceof StaticEmbedding));
  const { config, fullDimension: columns } = model;
  return { model, ...onnxModel({ config, encoder, saved, columns, precision: "f32" }) };
}

Deno.test("onnxModel() has token vectors and embeddings, cut where the model cuts them", async () => {
  const modules: ModuleConfig[] = [
    { type: "Pooling", modes: ["cls", "mean"], includePrompt: true },
    { type: "Normalize" },
  ];
  for (const truncateDim of [null, 20]) {
    const { model, bytes, outputs } = await exported(modules, truncateDim);
    assertEquals(outputs, ["last_hidden_state", "sentence_embedding"]);
    const feeds = paddedFeeds(TEXTS.map((text) => [...model.tokenize(text)]));
    const results = await runOnnx(bytes, feeds);
    assertEquals(results.last_hidden_state.dims, [...feeds.input_ids.dims, 32]);
    assertEquals(results.sentence_embedding.dims, [2, truncateDim ?? 64]);
    const { data } = await model.encode(TEXTS);
    assert(relativeError(results.sentence_embedding.data, data) < 1e-5);
    model.destroy();
  }
});

Deno.test("onnxModel() has no embeddings where the pooling leaves out the tokens of prompts", async () => {
  const modules: ModuleConfig[] = [{ type: "Pooling", modes: ["mean"], includePrompt: false }];
  assertEquals([canPool(modules), canPool([{ type: "Normalize" }])], [false, true]);
  const { model, bytes, outputs } = await exported(modules);
  assertEquals(outputs, ["last_hidden_state"]);
  const results = await runOnnx(bytes, paddedFeeds([[...model.tokenize("a cat")]]));
  assertEquals(Object.keys(results), ["last_hidden_state"]);
  model.destroy();
});

Deno.test("checkFileSize() refuses what Protocol Buffers cannot hold", () => {
  checkFileSize(2 ** 31 - 1, "f32");
  assertThrows(
    () => checkFileSize(2 ** 31, "f32"),
    UsageError,
    "Cannot export the model with f32: the file would have 2147483648 bytes, wanted at most 2147483647; " +
      "export f16 or int8",
  );
});
