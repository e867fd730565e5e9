import { assert, assertEquals } from "@std/assert";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { timeSteps } from "../../src/train/time_steps.ts";
import { testGpu } from "../support/gpu.ts";
import { bitsOf, tinyModel, tinyPairs } from "../support/tiny_training.ts";

Deno.test("timeSteps() takes real steps, more than the run has too, and says what one takes", async () => {
  const model = await tinyModel(await testGpu());
  const args = new SentenceTransformerTrainingArguments({
    perDeviceTrainBatchSize: 4,
    gradientAccumulationSteps: 2,
    maxSteps: 2,
  });
  const loss = new MultipleNegativesRankingLoss();
  const setup = setUpRun({ model, trainDataset: tinyPairs(12), loss }, args);
  const parts = assembleRun(setup, 4);
  const before = await bitsOf(model);
  const live = model.gpu.pool.counters.live;
  const started = performance.now();
  const seconds = await timeSteps(setup, parts);
  // Five steps took no less than three times one.
  assert(seconds > 0 && 3 * seconds <= (performance.now() - started) / 1000);
  assertEquals(model.gpu.pool.counters.live, live);
  const name = "encoder.layer.0.output.dense.weight";
  assert((await bitsOf(model))[name].some((bits, i) => bits !== before[name][i]));
  await releaseParts(parts);
  model.destroy();
});
