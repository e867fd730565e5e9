import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import type { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { DenoisingAutoEncoderLoss } from "../../src/losses/denoising_auto_encoder_loss.ts";
import { LossStores } from "../../src/train/loss_stores.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** A loss with one parameter of its own. */
function lossWith(rows: number, value: number): Loss {
  return Object.assign(new MultipleNegativesRankingLoss(), {
    declare(store: ParameterStore, { dimension }: { dimension: number }) {
      const shape = [rows, dimension];
      const initialize = () => new Float32Array(rows * dimension).fill(value);
      store.declare({ parts: [{ name: "head.weight", shape }], shape, decay: true, initialize });
    },
  });
}

Deno.test("LossStores keeps the parameters of losses, each loss once", async () => {
  const model = await tinyModel(await testGpu());
  const [plain, one, two] = [new MultipleNegativesRankingLoss(), lossWith(2, 1), lossWith(3, 2)];
  await withFolder({}, async (folder) => {
    const none = new LossStores(model, [plain], 1);
    await none.write(folder);
    await none.restore(folder);
    assertEquals([...Deno.readDirSync(folder)], []);
    const both = new LossStores(model, [one, plain, two, one], 1);
    assertEquals(both.stores.length, 2);
    await both.write(folder);
    for (const store of both.stores) store.upload(({ shape }) => new Float32Array(shape[0] * 32));
    await both.restore(folder);
    const values = await Promise.all(both.stores.map((store) => store.download()));
    assertEquals(values.map((value) => value.get("head.weight")!.data[0]), [1, 2]);
    const other = new LossStores(model, [lossWith(3, 0), lossWith(3, 0)], 1);
    await assertRejects(() => other.restore(folder), InputError, "the loss wants [3,32]");
    await Deno.remove(join(folder, "loss.safetensors"));
    await assertRejects(() => both.restore(folder), InputError, "the parameters of the loss");
    for (const used of [both, other, model]) used.destroy();
  });
});

Deno.test("LossStores makes one decoder a loss, of the encoder's values, and restores it", async () => {
  const model = await tinyModel(await testGpu());
  const tied = new DenoisingAutoEncoderLoss();
  const untied = new DenoisingAutoEncoderLoss({ tie_encoder_decoder: false });
  const plain = new MultipleNegativesRankingLoss();
  await withFolder({}, async (folder) => {
    const stores = new LossStores(model, [tied, plain, untied, tied], 1);
    assertEquals([...stores.decoders.keys()], [tied, untied]);
    assertEquals(stores.stores.length, 3);
    const copy = await stores.stores[2].download();
    const values = await model.store.download();
    assertEquals(copy, new Map([...values].map(([name, value]) => [`decoder.${name}`, value])));
    const before = await Promise.all(stores.stores.map((store) => store.download()));
    assertEquals(before[0].size, 2 * 6 + 5);
    await stores.write(folder);
    for (const store of stores.stores) {
      store.upload(({ shape }) => new Float32Array(shape.reduce((a, b) => a * b)));
    }
    await stores.restore(folder);
    assertEquals(await Promise.all(stores.stores.map((store) => store.download())), before);
    stores.destroy();
  });
  model.destroy();
});
