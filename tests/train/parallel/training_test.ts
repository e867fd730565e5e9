import { assert, assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { TripletEvaluator } from "../../../src/evaluators/triplet_evaluator.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { SentenceTransformerTrainer } from "../../../src/train/trainer.ts";
import type { TrainerInputs } from "../../../src/train/trainer_inputs.ts";
import { largestDifference, scoredPairs, trainOnRanks } from "../../support/tiny_ranks.ts";
import { tinyPairs } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

/** What parameters may differ by after some steps whose sums have another order. */
const TOLERANCE = 1e-5;

/** Pairs with scores, whose loss is a mean over rows. */
const scored = (rows: number) => () => ({
  trainDataset: scoredPairs(rows),
  loss: new CosineSimilarityLoss(),
});

/** Not AdamW, which divides the noise of a small gradient by its size. */
const SGD: Partial<ArgumentValues> = {
  optim: "sgd",
  learningRate: 0.1,
  maxGradNorm: 0.5,
  numTrainEpochs: 2,
};

/** Arguments and data; the batch is that of all ranks together. */
const CASES: Readonly<
  Record<string, [batch: number, Partial<ArgumentValues>, () => Partial<TrainerInputs>]>
> = {
  "whole batches": [16, {}, scored(32)],
  "a short last batch": [16, {}, scored(39)],
  "a last batch with fewer rows than ranks": [16, {}, scored(33)],
  "accumulation": [8, { gradientAccumulationSteps: 3 }, scored(33)],
  "dataloader_drop_last": [8, { dataloaderDropLast: true }, scored(15)],
  "a scaled loss": [8, { fp16: true }, scored(16)],
  "several datasets": [8, {}, () => ({
    trainDataset: { a: scoredPairs(9), b: scoredPairs(5) },
    loss: { a: new CosineSimilarityLoss(), b: new CosineSimilarityLoss() },
  })],
};

for (const [name, [batch, change, inputs]] of Object.entries(CASES)) {
  Deno.test(`SentenceTransformerTrainer trains on 2 and 4 ranks as on 1: ${name}`, async () => {
    await withFolder({}, async (outputDir) => {
      const args = { ...SGD, ...change, outputDir };
      const [one] = await trainOnRanks(1, { ...args, perDeviceTrainBatchSize: batch }, { inputs });
      for (const size of [2, 4]) {
        const perDeviceTrainBatchSize = batch / size;
        const ranks = await trainOnRanks(size, { ...args, perDeviceTrainBatchSize }, { inputs });
        for (const { trainer: { state }, losses, bits } of ranks) {
          assertEquals(state.globalStep, one.trainer.state.globalStep);
          assertEquals(losses.length, one.losses.length);
          losses.forEach((loss, i) => assertAlmostEquals(loss, one.losses[i], TOLERANCE));
          // Halves are rounded, and another order may round them to the neighbour.
          const most = change.fp16 ? 2 ** -11 : TOLERANCE;
          assert(largestDifference(bits, one.bits) < most, `${largestDifference(bits, one.bits)}`);
          assertEquals(bits, ranks[0].bits);
          assertEquals(state.tokensSeen, one.trainer.state.tokensSeen);
        }
      }
    });
  });
}

Deno.test("SentenceTransformerTrainer repeats a run on the same ranks bit for bit", async () => {
  await withFolder({}, async (outputDir) => {
    const args = { outputDir, perDeviceTrainBatchSize: 3 };
    const inputs = () => ({ ...scored(20)(), dropout: 0.1 });
    const first = await trainOnRanks(3, args, { inputs });
    const second = await trainOnRanks(3, { ...args, ddpBucketCapMb: 1 }, { inputs });
    assertEquals(first[0].losses.length, 3 * 3);
    for (const { bits, losses } of [...first, ...second]) {
      assertEquals([bits, losses], [first[0].bits, first[0].losses]);
    }
  });
});

Deno.test("split_batches makes per_device_train_batch_size the rows of all ranks", async () => {
  await withFolder({}, async (outputDir) => {
    const args = { ...SGD, outputDir, perDeviceTrainBatchSize: 8 };
    const inputs = scored(24);
    const [one] = await trainOnRanks(1, args, { inputs });
    const [split] = await trainOnRanks(2, { ...args, splitBatches: true }, { inputs });
    const [each] = await trainOnRanks(2, args, { inputs });
    assertEquals(split.trainer.state.globalStep, 6);
    assertEquals(each.trainer.state.globalStep, 4);
    assert(largestDifference(split.bits, one.bits) < TOLERANCE);
    assertNotEquals(each.bits, one.bits);
  });
});

Deno.test("an in-batch loss sees the rows of its own rank unless it gathers", async () => {
  await withFolder({}, async (outputDir) => {
    const args = { ...SGD, outputDir, perDeviceTrainBatchSize: 4, maxSteps: 1 };
    const inputs = () => ({
      trainDataset: tinyPairs(8),
      loss: new MultipleNegativesRankingLoss(),
    });
    const [own] = await trainOnRanks(2, args, { inputs });
    // Chance has it near the logarithm of the number of candidates.
    const [whole] = await trainOnRanks(1, { ...args, perDeviceTrainBatchSize: 8 }, { inputs });
    assert(own.losses[0] < whole.losses[0]);
  });
});

Deno.test("SentenceTransformerTrainer evaluates on 3 ranks as on 1, bit for bit", async () => {
  await withFolder({}, async (outputDir) => {
    const inputs = () => ({
      evalDataset: { pairs: tinyPairs(11, "pairs"), others: tinyPairs(4, "others") },
      evaluators: [
        new TripletEvaluator({
          name: "dev",
          anchors: ["a b", "c", "x y z", "k"],
          positives: ["a", "c d", "x", "l"],
          negatives: ["q", "r", "s", "t u"],
        }),
      ],
    });
    const found: Record<string, number>[] = [];
    const work = async (trainer: SentenceTransformerTrainer) =>
      void found.push(await trainer.evaluate());
    const args = { outputDir, perDeviceEvalBatchSize: 3, evalAccumulationSteps: 2 };
    await trainOnRanks(1, args, { inputs, work });
    await trainOnRanks(3, args, { inputs, work });
    const [one, ...ranks] = found.map((metrics) =>
      Object.fromEntries(
        Object.entries(metrics).filter(([key]) => !/_runtime$|_per_second$/.test(key)),
      )
    );
    assertEquals(ranks.length, 3);
    assert(Object.keys(one).length >= 4, Object.keys(one).join());
    for (const metrics of ranks) assertEquals(metrics, one);
  });
});
