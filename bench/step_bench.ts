/**
 * Time of a whole training step of the main job: batch 64, 2 layers, 128 columns, 30,522 words.
 *
 * @module
 */
import { bertVocabulary } from "../src/data/bert_vocabulary.ts";
import { Gpu } from "../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../src/losses/multiple_negatives_ranking_loss.ts";
import { newSmallModel } from "../src/models/new_small_model.ts";
import { GradientNorm } from "../src/optim/clip_grad_norm.ts";
import { createOptimizer } from "../src/optim/names.ts";
import { parameterGroups } from "../src/optim/parameter_groups.ts";
import { StepControl } from "../src/optim/step_control.ts";
import { trainStep } from "../src/train/train_step.ts";
import { pairsBatch, printKernelTimes } from "./support.ts";

/** Steps per wait for the GPU, which alone takes about 11 ms. */
const STEPS = 4;

const gpu = await Gpu.request();
const model = await newSmallModel(gpu);
const loss = new MultipleNegativesRankingLoss();
const optimizer = createOptimizer(gpu, parameterGroups(model.store, { learningRate: 1e-4 }), {
  name: "adamw_torch",
  optimArgs: null,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
});
const gradientNorm = new GradientNorm(gpu, model.store);
const control = new StepControl(gpu, { groups: 1 });
const batch = pairsBatch(64, (await bertVocabulary()).length);

async function step(): Promise<void> {
  await trainStep({
    models: { model },
    optimizer,
    gradientNorm,
    control,
    maxGradNorm: 1,
    schedule: { first: 0, rows: [[optimizer.scalars(1, 1e-4)]] },
    tape: { seed: 0 },
    labelSmoothing: 0,
    firstBatch: 0,
    batches: [{ batch, loss }],
    report: () => {},
  });
}

await printKernelTimes(gpu, `A step of ${batch.ids.length} tokens`, 3, step);

Deno.bench(`${STEPS} steps of 64 pairs, ${batch.ids.length} tokens`, async () => {
  for (let i = 0; i < STEPS; i++) await step();
  await gpu.read(gpu.nothing);
});

const texts = Array.from(
  { length: 256 },
  (_, i) => `the ${i}th text is embedded for a measurement`,
);
Deno.bench("embed 256 texts of 11 tokens", async () => {
  await model.encode(texts);
});
