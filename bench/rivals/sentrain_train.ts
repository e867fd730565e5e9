/**
 * sentrain's trainer, measured whole: reading, shuffling and tokenizing rows are in it.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { readDataset } from "../../src/data/read_dataset.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";
import { VERSION } from "../../src/version.ts";
import { heldOn, readPlan, tell } from "./measure.ts";
import { readTask } from "./task.ts";

const plan = readPlan(Deno.args);
const { model: directory = "", texts = "", longest } = parseArgs(Deno.args, {
  string: ["model", "texts", "longest"],
});
const { what, scale, optimizer, batches: [{ anchor }] } = await readTask(plan.task);
const halves = plan.precision === "f16";
const gpu = await Gpu.request();
const model = await SentenceTransformer.load(gpu, directory, {
  maxSequenceLength: Number(longest),
  trainable: true,
});
const output = await Deno.makeTempDir({ prefix: "sentrain-bench-" });
const ends: number[] = [];
const losses: number[] = [];
try {
  const trainer = new SentenceTransformerTrainer({
    model,
    args: new SentenceTransformerTrainingArguments({
      outputDir: output,
      perDeviceTrainBatchSize: anchor.length,
      maxSteps: plan.warmup + plan.times * plan.runs,
      learningRate: optimizer.learning_rate,
      weightDecay: optimizer.weight_decay,
      fp16: halves,
      saveStrategy: "no",
      loggingSteps: plan.runs,
      reportTo: "none",
      dataloaderNumWorkers: 2,
    }),
    trainDataset: await readDataset(texts),
    loss: new MultipleNegativesRankingLoss({ scale }),
    callbacks: [{
      name: "Clock",
      onStepEnd: async ({ state: { globalStep } }) => {
        if (globalStep < plan.warmup || (globalStep - plan.warmup) % plan.runs !== 0) return;
        await gpu.read(gpu.nothing);
        ends.push(performance.now());
      },
      onLog: ({ logs }) => void (logs?.loss !== undefined && losses.push(logs.loss)),
    }],
  });
  await trainer.train();
} finally {
  await Deno.remove(output, { recursive: true });
}
tell({
  name: `sentrain trainer${halves ? " f16" : ""}`,
  what: `trainer, ${what}`,
  versions: { sentrain: VERSION },
  gpuBytes: () => heldOn(gpu),
}, {
  times: ends.slice(1).map((end, i) => (end - ends[i]) / plan.runs),
  runs: plan.runs,
  values: losses,
});
gpu.destroy();
