/**
 * Time of a whole training step of the main job: batch 64, 2 layers, 128 columns, 30,522 words.
 *
 * @module
 */
import { bertVocabulary } from "../src/data/bert_vocabulary.ts";
import { Gpu } from "../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../src/losses/multiple_negatives_ranking_loss.ts";
import { newSmallModel } from "../src/models/new_small_model.ts";
import { AdamW } from "../src/optim/adamw.ts";
import { GradientNorm } from "../src/optim/clip_grad_norm.ts";
import { trainStep } from "../src/train/train_step.ts";
import { pairsBatch, printKernelTimes } from "./support.ts";

/** Steps per wait for the GPU, which alone takes about 11 ms. */
const STEPS = 4;

const gpu = await Gpu.request();
const model = await newSmallModel(gpu);
const loss = new MultipleNegativesRankingLoss();
const optimizer = new AdamW(gpu, model.store, {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
});
const gradientNorm = new GradientNorm(gpu, model.store);
const batch = pairsBatch(64, (await bertVocabulary()).length);

function step(): void {
  trainStep({
    model,
    loss,
    optimizer,
    gradientNorm,
    maxGradNorm: 1,
    learningRate: 1e-4,
    seed: 0,
    firstBatch: 0,
    batches: [batch],
    report: () => {},
  });
}

await printKernelTimes(gpu, `A step of ${batch.ids.length} tokens`, 3, step);

Deno.bench(`${STEPS} steps of 64 pairs, ${batch.ids.length} tokens`, async () => {
  for (let i = 0; i < STEPS; i++) step();
  await gpu.read(gpu.nothing);
});

const texts = Array.from(
  { length: 256 },
  (_, i) => `the ${i}th text is embedded for a measurement`,
);
Deno.bench("embed 256 texts of 11 tokens", async () => {
  await model.encode(texts);
});
