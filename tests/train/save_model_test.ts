import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { UsageError } from "../../src/errors.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { LossStores } from "../../src/train/loss_stores.ts";
import { saveModel } from "../../src/train/save_model.ts";
import { testGpu } from "../support/gpu.ts";
import { withTinyBert } from "../support/model_directory.ts";

Deno.test("saveModel() replaces the adapted model by a merged one, but not by an adapter", async () => {
  const gpu = await testGpu();
  await withTinyBert({}, async (base) => {
    const model = await SentenceTransformer.load(gpu, base, { adapter: {} });
    const options = { card: "# Card\n", lossStores: new LossStores(model, [], 1) };
    await assertRejects(
      () => saveModel(`${base}/.`, model, { ...options, merge: false }),
      UsageError,
      "it would replace the model that it adapts",
    );
    await saveModel(base, model, { ...options, merge: true });
    assertEquals(await Deno.readTextFile(join(base, "README.md")), "# Card\n");
    const again = await SentenceTransformer.load(gpu, base);
    assertEquals(again.adapter, null);
    again.destroy();
    model.destroy();
  });
});
