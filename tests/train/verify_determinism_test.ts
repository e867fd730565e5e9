import { assert, assertEquals, assertRejects } from "@std/assert";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { DeviceError } from "../../src/errors.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import { verifyDeterminism } from "../../src/train/verify_determinism.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

async function partOf(loss: Loss) {
  const model = await tinyModel(await testGpu(), 0.1);
  const pool = new TokenizerPool(model.tokenizer, 0);
  return {
    model,
    part: { batch: await prepareBatch({ model, pool }, tinyPairs(4), [0, 1, 2]), loss },
  };
}

Deno.test("verifyDeterminism() finds equal gradients, and leaves zeros", async () => {
  const { model, part } = await partOf(new MultipleNegativesRankingLoss());
  await verifyDeterminism({ model }, part, { seed: 3 });
  const gradients = await model.store.download((slab) => slab.gradients);
  assert([...gradients.values()].every(({ data }) => data.every((value) => value === 0)));
  model.destroy();
});

Deno.test("verifyDeterminism() names a parameter whose gradients differ", async () => {
  let scale = 20;
  const changing = new MultipleNegativesRankingLoss();
  const { forward } = changing;
  // Another temperature at each call stands for an adapter that adds up in another order.
  changing.forward = function (tape, batch) {
    return forward.call(new MultipleNegativesRankingLoss({ scale: scale++ }), tape, batch);
  };
  const { model, part } = await partOf(changing);
  const error = await assertRejects(
    () => verifyDeterminism({ model }, part, { seed: 3 }),
    DeviceError,
    "Cannot train with full_determinism",
  );
  assertEquals(/two gradients of "[\w.]+" that differ/.test(error.message), true, error.message);
  model.destroy();
});
