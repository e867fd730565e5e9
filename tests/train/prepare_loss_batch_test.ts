import { assertEquals, assertRejects } from "@std/assert";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { prepareLossBatch } from "../../src/train/prepare_loss_batch.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

Deno.test("prepareLossBatch() tokenizes for the guide too, where the loss wants one", async () => {
  const model = await tinyModel(await testGpu());
  const pool = new TokenizerPool(model.tokenizer, 0);
  const of = { dataset: tinyPairs(3), rows: [1, 2] };
  const plain = new MultipleNegativesRankingLoss();
  const maker = { model, pool };
  const alone = await prepareLossBatch(maker, plain, of);
  assertEquals([alone.loss, alone.guideBatch], [plain, undefined]);
  const guided = Object.assign(new MultipleNegativesRankingLoss(), { wants: { guide: true } });
  const guide = { model, pool, prompts: "a " };
  const both = await prepareLossBatch({ ...maker, guide }, guided, of);
  assertEquals(both.batch, alone.batch);
  assertEquals(both.guideBatch!.ids.length, alone.batch.ids.length + 4);
  await assertRejects(() => prepareLossBatch(maker, guided, of), TypeError, "there is no guide");
  model.destroy();
});
