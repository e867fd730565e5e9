import { assertEquals } from "@std/assert";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { LossStores } from "../../src/train/loss_stores.ts";
import { trainedStores } from "../../src/train/trained_stores.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { tinyModel } from "../support/tiny_training.ts";

Deno.test("trainedStores() has the model's parameters, or those of its adapter in their place", async () => {
  const gpu = await testGpu();
  const plain = await tinyModel(gpu);
  const none = new LossStores(plain, [], 1);
  assertEquals(trainedStores(plain, none), [plain.store]);
  const adapted = await SentenceTransformer.load(gpu, TINY_BERT, { adapter: {}, trainable: true });
  assertEquals(trainedStores(adapted, none), [adapted.adapter!.store]);
  plain.destroy();
  adapted.destroy();
});
