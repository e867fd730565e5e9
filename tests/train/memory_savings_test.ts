import { assert, assertEquals } from "@std/assert";
import { CachedMultipleNegativesRankingLoss } from "../../src/losses/cached_multiple_negatives_ranking_loss.ts";
import { ContrastiveLoss } from "../../src/losses/contrastive_loss.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { Dataset } from "../../src/data/dataset.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { largestBatches } from "../../src/train/largest_batches.ts";
import { planMemory } from "../../src/train/memory_plan.ts";
import { memorySavings } from "../../src/train/memory_savings.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

/** Changes with what is left, and the plan that each of them is to be compared with. */
async function savingsFor(
  args: Partial<ArgumentValues>,
  loss: Loss,
  trainDataset: Dataset = tinyPairs(256),
): Promise<{ total: number; changes: Record<string, number> }> {
  const model = await tinyModel(await testGpu());
  const all = new SentenceTransformerTrainingArguments({ maxSteps: 1, ...args });
  const setup = setUpRun({ model, trainDataset, loss }, all);
  const parts = assembleRun(setup, all.perDeviceTrainBatchSize);
  const batches = await largestBatches(setup, parts);
  const plan = await planMemory(setup, batches.map(({ whole }) => whole));
  const savings = await memorySavings(setup, batches, plan);
  await releaseParts(parts);
  model.destroy();
  const changes = Object.fromEntries(savings.map(({ change, total }) => [change, total]));
  return { total: plan.total, changes };
}

Deno.test("memorySavings() names the two changes that save most, the better one first", async () => {
  const args = { perDeviceTrainBatchSize: 128 };
  const { total, changes } = await savingsFor(args, new MultipleNegativesRankingLoss());
  const [[first, least], [second, less], ...others] = Object.entries(changes);
  assertEquals(others, []);
  assert(least <= less && less < total);
  // A part of 32 texts is an eighth of the batch; half the rows is more.
  assertEquals(first, "--loss CachedMultipleNegativesRankingLoss");
  const cached = await savingsFor(args, new CachedMultipleNegativesRankingLoss());
  assertEquals(cached.total, least);
  const other = second === "gradient_checkpointing true"
    ? { ...args, gradientCheckpointing: true }
    : { perDeviceTrainBatchSize: 64 };
  const found = (await savingsFor(other, new MultipleNegativesRankingLoss())).total;
  // Half of the largest batch is about the largest of half the size.
  assert(Math.abs(found - less) < 0.1 * total);
});

Deno.test("memorySavings() halves the parts of a cached loss, and names nothing done already", async () => {
  const args = { perDeviceTrainBatchSize: 128, gradientCheckpointing: true };
  const { changes } = await savingsFor(
    args,
    new CachedMultipleNegativesRankingLoss({ mini_batch_size: 64 }),
  );
  assert("mini_batch_size 32" in changes);
  assert(!("gradient_checkpointing true" in changes));
});

Deno.test("memorySavings() offers no cached form that there is not", async () => {
  const pairs = tinyPairs(64);
  const labelled = new Dataset({
    name: "labelled",
    texts: new Map(pairs.columns.map((column) => [column, pairs.text(column)])),
    labels: Array.from({ length: 64 }, (_, i) => i % 2),
  });
  const { changes } = await savingsFor(
    { perDeviceTrainBatchSize: 32 },
    new ContrastiveLoss(),
    labelled,
  );
  assertEquals(Object.keys(changes).sort(), [
    "gradient_checkpointing true",
    "per_device_train_batch_size 16",
  ]);
});
