import { assert, assertEquals } from "@std/assert";
import { ConcatDataset } from "../../src/data/concat_dataset.ts";
import type { PackedBatch } from "../../src/data/collator.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { Tape } from "../../src/ops/tape.ts";
import { AdamW } from "../../src/optim/adamw.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import { lossOf, trainStep } from "../../src/train/train_step.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

const LOSS = new MultipleNegativesRankingLoss();
const OPTIONS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

function batchOf(model: SentenceTransformer, ...rows: number[]): PackedBatch {
  return prepareBatch(model, new ConcatDataset([tinyPairs(12)]), Uint32Array.from(rows));
}

/** Runs steps on the same batches and reads every loss and norm. */
async function run(steps: number, groups: number[][], learningRate: number) {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const optimizer = new AdamW(gpu, model.store, OPTIONS);
  const gradientNorm = new GradientNorm(gpu, model.store);
  const batches = groups.map((rows) => batchOf(model, ...rows));
  const kept = gpu.tensor([steps * groups.length * 2], "kept");
  let at = 0;
  const { live } = gpu.pool.counters;
  for (let step = 0; step < steps; step++) {
    trainStep({
      model,
      loss: LOSS,
      optimizer,
      gradientNorm,
      maxGradNorm: 1,
      learningRate,
      seed: 1,
      firstBatch: step * groups.length,
      batches,
      report: (loss, norm) => {
        gpu.recorder.copyInto(loss, kept, at++);
        gpu.recorder.copyInto(norm ?? gpu.constant(-1), kept, at++);
      },
    });
  }
  const values = await gpu.read(kept);
  gpu.constant(1 / groups.length);
  assertEquals(gpu.pool.counters.live - live <= 1024, true, "a step leaves memory behind");
  const weights = await model.store.download();
  gpu.release(kept);
  optimizer.destroy();
  gradientNorm.destroy();
  model.destroy();
  return { values, weights };
}

Deno.test("trainStep drives the loss of one batch towards zero", async () => {
  const { values } = await run(60, [[0, 1, 2, 3, 4, 5]], 3e-3);
  assert(values[0] > 1, `began with ${values[0]}`);
  assert(values[118] < 0.01, `ended with ${values[118]}`);
  assert(values.filter((_, i) => i % 2 === 1).every((norm) => norm > 0));
});

Deno.test("trainStep averages the gradients of its batches", async () => {
  // Two equal batches have the gradient of one; their sum would be twice as long.
  const one = await run(1, [[0, 1, 2]], 1e-3);
  const two = await run(1, [[0, 1, 2], [0, 1, 2]], 1e-3);
  assertEquals(two.values[0], one.values[0]);
  assertEquals(two.values[1], -1);
  const close = { op: "trainStep", absolute: 0, relative: 1e-6 };
  assertClose([two.values[3]], [one.values[1]], close);
  for (const [name, { data }] of one.weights) {
    // Halving and adding up is exact, so that both updates see the same bits.
    assertEquals(two.weights.get(name)!.data, data);
  }
});

Deno.test("trainStep gives the same bits twice", async () => {
  const [first, second] = [
    await run(3, [[0, 1], [2, 3]], 1e-3),
    await run(3, [[0, 1], [2, 3]], 1e-3),
  ];
  assertEquals(first, second);
});

Deno.test("lossOf embeds and compares without leaving memory behind", async () => {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const { live } = gpu.pool.counters;
  const tape = new Tape(gpu);
  const loss = lossOf(tape, model, LOSS, batchOf(model, 0, 1, 2));
  assertEquals(loss.shape, []);
  assert((await gpu.read(loss))[0] > 0);
  tape.end();
  assertEquals(gpu.pool.counters.live, live);
  model.destroy();
});
