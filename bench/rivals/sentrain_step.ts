/**
 * sentrain's training step, measured.
 *
 * @module
 */
import { collate } from "../../src/data/collator.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { createOptimizer } from "../../src/optim/names.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { trainStep } from "../../src/train/train_step.ts";
import { VERSION } from "../../src/version.ts";
import { heldOn, measure, readPlan } from "./measure.ts";
import { stepModel } from "./step_model.ts";
import { readTask, type StepBatch } from "./task.ts";

const plan = readPlan(Deno.args);
const task = await readTask(plan.task);
const gpu = await Gpu.request();
// Its seed gives the weights that the file holds for all others.
const model = await stepModel(gpu, task.config, true);
const loss = new MultipleNegativesRankingLoss({ scale: task.scale });
const { learning_rate: learningRate, weight_decay: weightDecay, beta1, beta2, epsilon } =
  task.optimizer;
const optimizer = createOptimizer(gpu, parameterGroups(model.store, { learningRate }), {
  name: "adamw_torch",
  optimArgs: null,
  beta1,
  beta2,
  epsilon,
  weightDecay,
});
const gradientNorm = new GradientNorm(gpu, model.store);
const halves = plan.precision === "f16";
const control = new StepControl(gpu, { groups: 1, scaling: halves });
const batches = task.batches.map(pack);
const log = gpu.tensor([Math.max(1, plan.runs)], "losses");

function pack({ anchor, positive }: StepBatch) {
  const ids = (rows: StepBatch["anchor"]) => rows.map((row) => Uint32Array.from(row));
  return collate([
    { name: "anchor", sequences: ids(anchor) },
    { name: "positive", sequences: ids(positive) },
  ]);
}

let logged = 0;
await measure({
  name: `sentrain${halves ? " f16" : ""}`,
  what: task.what,
  versions: { sentrain: VERSION },
  run: (index) =>
    trainStep({
      models: { model },
      optimizer,
      gradientNorm,
      control,
      maxGradNorm: 0,
      schedule: { first: index, rows: [[optimizer.scalars(index + 1, learningRate)]] },
      tape: { seed: 0, precision: halves ? "f16" : "f32" },
      labelSmoothing: 0,
      firstBatch: index,
      batches: [{ batch: batches[index % batches.length], loss }],
      report: (_, { value }) => gpu.recorder.copyInto(value, log, logged++),
    }),
  read: async (results) => {
    logged = 0;
    return [...(await gpu.read(log)).subarray(0, results.length)];
  },
  gpuBytes: () => heldOn(gpu),
}, plan);
gpu.destroy();
