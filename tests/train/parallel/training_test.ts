import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { InputError } from "../../../src/errors.ts";
import { TripletEvaluator } from "../../../src/evaluators/triplet_evaluator.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { SentenceTransformerTrainer } from "../../../src/train/trainer.ts";
import type { TrainerInputs } from "../../../src/train/trainer_inputs.ts";
import { largestDifference, scoredPairs, trainOnRanks } from "../../support/tiny_ranks.ts";
import { bitsOf, tinyPairs } from "../../support/tiny_training.ts";
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

Deno.test("gradients as fp16 give nearly the parameters that they give as f32, the same on all ranks", async () => {
  await withFolder({}, async (outputDir) => {
    // One row four times: both ranks have the same gradient, half of the sum, and no sum cancels.
    const inputs = (gradientCompression?: "fp16") => () => ({
      trainDataset: new Dataset({
        name: "scored",
        texts: new Map([["a", Array(4).fill("a b c")], ["b", Array(4).fill("x y")]]),
        labels: Array(4).fill(0.3),
      }),
      loss: new CosineSimilarityLoss(),
      gradientCompression,
    });
    const args = {
      ...{ outputDir, optim: "sgd", learningRate: 0.1, lrSchedulerType: "constant" } as const,
      ...{ maxGradNorm: 0, perDeviceTrainBatchSize: 2, maxSteps: 1 },
    };
    const before: Record<string, Uint32Array>[] = [];
    const [plain] = await trainOnRanks(2, args, {
      inputs: inputs(),
      async work(trainer, rank) {
        if (rank === 0) before.push(await bitsOf(trainer.model));
        await trainer.train();
      },
    });
    const halves = await trainOnRanks(2, args, { inputs: inputs("fp16") });
    assertEquals(halves[1].bits, halves[0].bits);
    assertNotEquals(halves[0].bits, plain.bits);
    const most = largestDifference(plain.bits, before[0]);
    for (const [name, words] of Object.entries(plain.bits)) {
      const [start, wanted, found] = [before[0][name], words, halves[0].bits[name]]
        .map(({ buffer }) => new Float32Array(buffer));
      const wrong = found.findIndex((value, i) => {
        // What encodeHalves() says, for the addends and for their sum; and the rounding of parameters.
        const update = Math.abs(wanted[i] - start[i]);
        const rounding = 2 ** -22 * Math.max(Math.abs(start[i]), Math.abs(wanted[i]));
        return !(Math.abs(value - wanted[i]) <= 2 ** -9.99 * update + 2 ** -37 * most + rounding);
      });
      assertEquals(wrong, -1, name);
    }
  });
});

Deno.test("a run goes on from a checkpoint with the gradient compression that it was made with alone", async () => {
  await withFolder({}, async (outputDir) => {
    const args = {
      ...{ outputDir, saveStrategy: "steps", saveSteps: 1, maxSteps: 1 } as const,
      perDeviceTrainBatchSize: 4,
    };
    const inputs = (gradientCompression?: "fp16") => () => ({ gradientCompression });
    await trainOnRanks(2, args, { inputs: inputs("fp16") });
    const resumed = (compression?: "fp16") =>
      trainOnRanks(2, { ...args, maxSteps: 2 }, {
        inputs: inputs(compression),
        work: async (trainer) => void await trainer.train(true),
      });
    const error = await assertRejects(() => resumed(), InputError);
    assertStringIncludes(error.message, 'gradient_compression was "fp16" and is "none"');
    const [first] = await resumed("fp16");
    assertEquals(first.trainer.state.globalStep, 2);
    // One process sends nothing, and goes on from any of them.
    const alone = { ...args, maxSteps: 2, perDeviceTrainBatchSize: 8 };
    const [single] = await trainOnRanks(1, alone, {
      work: async (trainer) => void await trainer.train(`${outputDir}/checkpoint-1`),
    });
    assertEquals(single.trainer.state.globalStep, 2);
  });
});
