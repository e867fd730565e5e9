import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError } from "../../src/errors.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import type { ResumeFiles } from "../../src/train/checkpoint_files.ts";
import { readControlState, resumeFiles } from "../../src/train/resume_files.ts";
import { assembleRun, releaseParts, type RunParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyModel, tinyPairs, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { failureOf } from "./training_probes.ts";

/** The parts of a run, and the files that it would leave. */
async function withRun(
  values: Partial<ArgumentValues>,
  look: (parts: RunParts, files: () => Promise<ResumeFiles>) => Promise<void>,
): Promise<void> {
  const model = await tinyModel(await testGpu());
  const args = new SentenceTransformerTrainingArguments({
    perDeviceTrainBatchSize: 4,
    learningRate: 1e-3,
    ...values,
  });
  const loss = new MultipleNegativesRankingLoss();
  const setup = setUpRun({ model, trainDataset: tinyPairs(8), loss }, args);
  const { lossStores } = setup;
  const parts = assembleRun(setup, 4);
  await look(parts, () => resumeFiles({ args, model, lossStores, ...parts }));
  await releaseParts(parts);
  model.destroy();
}

/** What JSON makes of it. */
function reread(files: ResumeFiles): ResumeFiles {
  return JSON.parse(JSON.stringify(files));
}

const STATE = { scale: 4096, growthTracker: 17, updates: 3, skipped: 2 };

Deno.test("resumeFiles and readControlState keep the state of a run with loss scaling", async () => {
  await withRun({ fp16: true, maxSteps: 10, seed: 5, dataSeed: 6 }, async ({ control }, files) => {
    control.restore(STATE);
    const found = await files();
    assertEquals(found["scheduler.json"], {
      last_epoch: 3,
      base_lrs: [1e-3],
      _last_lr: [1e-3 * 0.7],
      skipped_steps: 2,
      state: {},
    });
    assertEquals(found["scaler.json"], {
      scale: 4096,
      growth_factor: 2,
      backoff_factor: 0.5,
      growth_interval: 2000,
      _growth_tracker: 17,
    });
    assertEquals(found["rng_state.json"], { seed: 5, data_seed: 6 });
    assertEquals(readControlState("checkpoint-5", reread(found), { isScaling: true }), STATE);
  });
});

Deno.test("resumeFiles leave scaler.json out where the loss is not scaled", async () => {
  for (const values of [{}, { bf16: true }]) {
    await withRun({ ...values, seed: 5 }, async ({ control }, files) => {
      control.restore(STATE);
      const found = await files();
      assertEquals(Object.keys(found).sort(), ["rng_state.json", "scheduler.json"]);
      assertEquals(found["rng_state.json"], { seed: 5, data_seed: 5 });
      const state = { ...STATE, scale: 1, growthTracker: 0 };
      assertEquals(readControlState("checkpoint-5", reread(found), { isScaling: false }), state);
    });
  }
});

Deno.test("resumeFiles keep every learning rate, and what a schedule remembers", async () => {
  const plateau: Partial<ArgumentValues> = {
    learningRateMapping: { bias: 0.5 },
    lrSchedulerType: "reduce_lr_on_plateau",
    lrSchedulerKwargs: { patience: 0, factor: 0.5 },
    evaluationStrategy: "epoch",
  };
  const model = await tinyModel(await testGpu());
  const args = new SentenceTransformerTrainingArguments(plateau);
  const inputs = { model, trainDataset: tinyPairs(8), evalDataset: tinyPairs(4) };
  const setup = setUpRun({ ...inputs, loss: new MultipleNegativesRankingLoss() }, args);
  const parts = assembleRun(setup, 4);
  for (const metric of [1, 2]) parts.schedule.observe(metric);
  const files = reread(
    await resumeFiles({ args, model, lossStores: setup.lossStores, ...parts }),
  );
  assertEquals(files["scheduler.json"]!._last_lr, [args.learningRate / 2, 0.25]);
  const other = assembleRun(setup, 4);
  assertEquals(other.schedule.factor(0), 1);
  other.schedule.restore(files["scheduler.json"]!.state as Record<string, unknown>);
  assertEquals(other.schedule.factor(0), 0.5);
  for (const used of [parts, other]) await releaseParts(used);
  model.destroy();
});

Deno.test("readControlState refuses files that lack a number", () => {
  const files = {
    "scheduler.json": { last_epoch: 3, skipped_steps: 2 },
    "scaler.json": { scale: 2, _growth_tracker: 1 },
  };
  const cases = [
    ["scheduler.json", "last_epoch"],
    ["scheduler.json", "skipped_steps"],
    ["scaler.json", "scale"],
    ["scaler.json", "_growth_tracker"],
  ] as const;
  let seen = 0;
  for (const [name, key] of cases) {
    for (const wrong of [undefined, null, "3", [3]]) {
      const damaged = { ...files, [name]: { ...files[name], [key]: wrong } };
      assertThrows(
        () => readControlState("checkpoint-5", damaged, { isScaling: true }),
        InputError,
        `Cannot resume from checkpoint-5: ${key} of ${name} is ${JSON.stringify(wrong)}`,
      );
      seen++;
    }
  }
  assertEquals(seen, 16);
  for (const [name, key] of cases) {
    for (const wrong of key === "scale" ? [Infinity] : [-1, 0.5, 1e300]) {
      const damaged = { ...files, [name]: { ...files[name], [key]: wrong } };
      assertThrows(
        () => readControlState("checkpoint-5", damaged, { isScaling: true }),
        InputError,
        `Cannot resume from checkpoint-5: ${key} of ${name} is `,
      );
      seen++;
    }
  }
  assertEquals(seen, 26);
  assertThrows(
    () => readControlState("checkpoint-5", {}, { isScaling: false }),
    InputError,
    "scheduler.json is missing",
  );
});

Deno.test("a checkpoint has scaler.json with fp16 alone, and cannot do without it", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    for (const fp16 of [false, true]) {
      const outputDir = join(folder, String(fp16));
      const args = { outputDir, fp16, maxSteps: 2, saveStrategy: "steps", saveSteps: 1 } as const;
      const trainer = await tinyTrainer(gpu, args);
      await trainer.train();
      await destroyTrainer(trainer);
      const scaler = join(outputDir, "checkpoint-1", "scaler.json");
      assertEquals(await Deno.stat(scaler).then(() => true, () => false), fp16);
      if (!fp16) continue;
      await Deno.remove(scaler);
      const resumed = await tinyTrainer(gpu, args);
      const failure = await failureOf(resumed.train(join(outputDir, "checkpoint-1")));
      await destroyTrainer(resumed);
      // Without its scale the run would go on as if its loss were not scaled.
      assertEquals(failure.includes("scaler.json: it is missing"), true, failure);
    }
  });
});
