import { assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { Precision } from "../../src/ops/tape.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import type { EvaluationPlace } from "../../src/train/callbacks/callback.ts";
import { runEvaluation } from "../../src/train/run_evaluation.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { TrainerState } from "../../src/train/state.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { scores } from "./training_probes.ts";

/** Evaluates the tiny model, as it would be after step 6, and tells what was found. */
async function judge(
  values: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs>,
  precision: Precision = "f32",
) {
  const gpu = await testGpu();
  const model = await tinyModel(gpu, 0.5);
  const args = new SentenceTransformerTrainingArguments(values);
  const setup = setUpRun({
    model,
    trainDataset: tinyPairs(8),
    loss: new MultipleNegativesRankingLoss(),
    ...inputs,
  }, args);
  const parts = assembleRun(setup, 4);
  const state = Object.assign(new TrainerState(), { globalStep: 6, epoch: 1.5 });
  const places: EvaluationPlace[] = [];
  const { live } = gpu.pool.counters;
  const metrics = await runEvaluation(setup, parts, {
    state,
    precision,
    onBatch: (place) => Promise.resolve(void places.push(place)),
  });
  assertEquals(gpu.pool.counters.live, live, "an evaluation leaves memory behind");
  await releaseParts(parts);
  model.destroy();
  return { metrics, places };
}

const DEV = { evalDataset: tinyPairs(7, "dev") };

Deno.test("runEvaluation goes through all rows in batches of the evaluation's size", async () => {
  const values = { perDeviceEvalBatchSize: 3, perDeviceTrainBatchSize: 5 };
  const { metrics, places } = await judge(values, DEV);
  assertEquals(places, [1, 2, 3].map((batch) => ({ dataset: "dev", batch, batches: 3 })));
  assertEquals(Object.keys(metrics), [
    "eval_loss",
    "eval_runtime",
    "eval_samples_per_second",
    "eval_steps_per_second",
  ]);
  const dropped = await judge({ ...values, dataloaderDropLast: true }, DEV);
  assertEquals(dropped.places.length, 2);
  assertNotEquals(dropped.metrics.eval_loss, metrics.eval_loss);
});

Deno.test("runEvaluation finds the same with workers, and however rarely it reads", async () => {
  const values = { perDeviceEvalBatchSize: 3 };
  const { metrics: { eval_loss } } = await judge(values, DEV);
  const changes: Partial<ArgumentValues>[] = [
    { dataloaderNumWorkers: 2 },
    { evalAccumulationSteps: 1 },
    { labelSmoothingFactor: 0.3 },
    { neftuneNoiseAlpha: 5 },
    { gradientCheckpointing: true },
    { seed: 3 },
  ];
  for (const change of changes) {
    assertEquals((await judge({ ...values, ...change }, DEV)).metrics.eval_loss, eval_loss);
  }
  for (const precision of ["f16", "bf16"] as const) {
    assertNotEquals((await judge(values, DEV, precision)).metrics.eval_loss, eval_loss);
  }
  assertNotEquals((await judge({ ...values, prompts: "a b " }, DEV)).metrics.eval_loss, eval_loss);
});

Deno.test("runEvaluation measures each dataset by its own loss, and all by their rows", async () => {
  const loss = {
    pairs: new MultipleNegativesRankingLoss(),
    a: new MultipleNegativesRankingLoss(),
    b: new MultipleNegativesRankingLoss({ scale: 1 }),
  };
  const [a, b] = [tinyPairs(7, "a"), tinyPairs(4, "b")];
  const { metrics } = await judge({}, {
    trainDataset: { pairs: tinyPairs(8) },
    evalDataset: { a, b },
    loss,
  });
  const alone = async (name: "a" | "b", dataset = { a, b }[name]) =>
    (await judge({}, { loss: loss[name], evalDataset: dataset })).metrics.eval_loss;
  assertEquals(metrics.eval_a_loss, await alone("a"));
  assertEquals(metrics.eval_b_loss, await alone("b"));
  assertEquals(metrics.eval_loss, (7 * metrics.eval_a_loss + 4 * metrics.eval_b_loss) / 11);
});

Deno.test("runEvaluation has evaluators write below the output directory", async () => {
  await withFolder({}, async (outputDir) => {
    const { metrics } = await judge({ outputDir }, { evaluators: [scores([0.25])] });
    assertEquals(Object.keys(metrics), ["eval_score", "eval_runtime"]);
    assertEquals(metrics.eval_score, 0.25);
    const csv = await Deno.readTextFile(join(outputDir, "eval", "scores.csv"));
    assertEquals(csv.trim().split(/\r?\n/), ["epoch,steps,score", "1.5,6,0.25"]);
  });
});
