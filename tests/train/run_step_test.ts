import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { prepareBatch } from "../../src/train/prepare_batch.ts";
import { RunLog } from "../../src/train/run_log.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { runStep, tapeOptions } from "../../src/train/run_step.ts";
import { TrainerState } from "../../src/train/state.ts";
import { testGpu } from "../support/gpu.ts";
import {
  bitsOf,
  destroyTrainer,
  tinyModel,
  tinyPairs,
  tinyTrainer,
  withoutTimes,
} from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { OverflowingLoss } from "./training_probes.ts";

const [A, B, C, X] = [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [2, 5, 8, 11]];

interface Options {
  loss?: Loss;
  /** Whether losses are read back after every step rather than in the end. */
  reads?: boolean;
  values?: Partial<ArgumentValues>;
}

/** Runs steps of the given batches, each a list of rows. */
async function run(steps: readonly number[][][], options: Options = {}) {
  const { loss = new MultipleNegativesRankingLoss(), reads = false, values = {} } = options;
  const model = await tinyModel(await testGpu());
  const args = new SentenceTransformerTrainingArguments({
    fp16: true,
    learningRate: 1e-3,
    maxSteps: 8,
    ...values,
  });
  const dataset = tinyPairs(12);
  const setup = setUpRun({ model, trainDataset: dataset, loss }, args);
  const parts = assembleRun(setup, 4);
  const log = new RunLog(model.gpu, [], { batches: args.gradientAccumulationSteps });
  const state = new TrainerState();
  const { learningRates: [base], schedule } = parts;
  const seen: { rate: number; norm: number; skipped: number }[] = [];
  const read = async () => {
    const learningRate = (updates: number) => base * schedule.factor(updates);
    const rate = await log.read(state, { learningRate, totalSteps: 8, filter: true });
    seen.push({ rate, norm: state.gradientNorm, skipped: state.skippedSteps });
  };
  for (const groups of steps) {
    const batches = await Promise.all(groups.map(async (rows) => ({
      batch: await prepareBatch(parts.source.maker, dataset, rows),
      loss,
    })));
    await runStep(setup, parts, { state, log, batches, hooks: {} });
    state.globalStep++;
    if (reads) await read();
  }
  if (!reads) await read();
  const control = await parts.control.read();
  const weights = await bitsOf(model);
  await releaseParts(parts);
  log.destroy();
  model.destroy();
  return { weights, control, seen, mean: state.meanLoss };
}

Deno.test("runStep with loss scaling skips the update of a step that overflows", async () => {
  const without = await run([[A], [B], [C]]);
  assertEquals(without.control, { scale: 65536, growthTracker: 3, updates: 3, skipped: 0 });
  for (const reads of [false, true]) {
    const found = await run([[A], [X], [B], [C]], { loss: new OverflowingLoss(2), reads });
    assertEquals(found.control, { scale: 32768, growthTracker: 2, updates: 3, skipped: 1 });
    assertEquals(found.weights, without.weights);
    assertEquals(found.seen.at(-1)!.skipped, 1);
  }
});

Deno.test("runStep keeps the schedule waiting while steps are skipped, and tells the rate", async () => {
  const loss = new OverflowingLoss(2);
  const { seen } = await run([[A], [X], [B], [C]], { loss, reads: true });
  // Linear over 8 steps: the skipped one would have been the second update, which comes after it.
  assertEquals(seen.map(({ rate }) => rate), [1, 7 / 8, 7 / 8, 6 / 8].map((f) => 1e-3 * f));
  assertEquals(seen.map(({ skipped }) => skipped), [0, 1, 1, 1]);
  assertEquals(seen.map(({ norm }) => Number.isFinite(norm)), [true, false, true, true]);
});

Deno.test("runStep skips steps one after the other, read back or not", async () => {
  const values = { warmupSteps: 4 };
  const without = await run([[A], [B], [C]], { values });
  for (const reads of [false, true]) {
    const loss = new OverflowingLoss(1, 2, 4);
    const found = await run([[X], [C], [A], [X], [B], [C]], { loss, values, reads });
    assertEquals(found.control, { scale: 8192, growthTracker: 2, updates: 3, skipped: 3 });
    assertEquals(found.weights, without.weights);
  }
});

Deno.test("runStep drops all batches of a step of which one overflows", async () => {
  const values = { gradientAccumulationSteps: 2 };
  const without = await run([[A, B], [B, C]], { values });
  for (const at of [3, 4]) {
    const loss = new OverflowingLoss(at);
    const found = await run([[A, B], [X, X], [B, C]], { values, loss });
    assertEquals(found.control, { scale: 32768, growthTracker: 1, updates: 2, skipped: 1 });
    assertEquals(found.weights, without.weights, `batch ${at}`);
  }
});

Deno.test("runStep without loss scaling skips nothing", async () => {
  const loss = new OverflowingLoss(2);
  const { control, weights, seen } = await run([[A], [B]], { loss, values: { fp16: false } });
  assertEquals(control, { scale: 1, growthTracker: 0, updates: 2, skipped: 0 });
  assertEquals(seen.at(-1)!.skipped, 0);
  const isNan = (bits: number) => (bits & 0x7f800000) === 0x7f800000;
  assert(Object.values(weights).some((bits) => bits.some(isNan)));
});

Deno.test("tapeOptions follow from the arguments", async () => {
  const model = await tinyModel(await testGpu());
  const optionsOf = async (values: Partial<ArgumentValues>) => {
    const args = new SentenceTransformerTrainingArguments({ seed: 7, ...values });
    const loss = new MultipleNegativesRankingLoss();
    const setup = setUpRun({ model, trainDataset: tinyPairs(4), loss }, args);
    const parts = assembleRun(setup, 4);
    const { observe, ...options } = tapeOptions(setup, parts);
    await releaseParts(parts);
    return { ...options, observes: observe !== undefined };
  };
  const plain = { seed: 7, precision: "f32", neftuneNoiseAlpha: 0, checkpointEvery: 0 };
  assertEquals(await optionsOf({}), { ...plain, observes: false } as never);
  const kwargs = { gradientCheckpointingKwargs: { every_n_layers: 2 } };
  const cases: [Partial<ArgumentValues>, Record<string, unknown>][] = [
    [{ bf16: true }, { precision: "bf16" }],
    [{ neftuneNoiseAlpha: 5 }, { neftuneNoiseAlpha: 5 }],
    [{ gradientCheckpointing: true }, { checkpointEvery: 1 }],
    [{ gradientCheckpointing: true, ...kwargs }, { checkpointEvery: 2 }],
    [kwargs, {}],
    [{ debug: "underflow_overflow" }, { observes: true }],
  ];
  for (const [values, changes] of cases) {
    assertEquals(await optionsOf(values), { ...plain, observes: false, ...changes } as never);
  }
  model.destroy();
});

Deno.test("a run with fp16 goes on from a checkpoint after a skipped step bit for bit", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const args = {
      fp16: true,
      maxSteps: 6,
      loggingSteps: 1,
      saveStrategy: "steps",
      saveSteps: 1,
      warmupSteps: 3,
    } as const;
    const outputDir = join(folder, "whole");
    const inputs = { loss: new OverflowingLoss(2), dropout: 0.1 };
    const whole = await tinyTrainer(gpu, { ...args, outputDir }, inputs);
    await whole.train();
    assertEquals(whole.state.skippedSteps, 1);
    const norms = whole.state.logHistory.slice(0, 6).map(({ grad_norm }) => grad_norm);
    assertEquals(norms.map(Number.isFinite), [true, false, true, true, true, true]);
    const bits = await bitsOf(whole.model);
    const log = withoutTimes(whole.state.logHistory);
    await destroyTrainer(whole);
    for (const step of [2, 4]) {
      const resumed = await tinyTrainer(
        gpu,
        { ...args, outputDir: join(folder, `from-${step}`) },
        { dropout: 0.1 },
      );
      await resumed.train(join(outputDir, `checkpoint-${step}`));
      assertEquals(await bitsOf(resumed.model), bits);
      assertEquals(resumed.state.skippedSteps, 1);
      assertEquals(withoutTimes(resumed.state.logHistory).slice(step), log.slice(step));
      const scaler = await Deno.readTextFile(
        join(folder, `from-${step}`, "checkpoint-6", "scaler.json"),
      );
      assertEquals(JSON.parse(scaler).scale, 32768);
      await destroyTrainer(resumed);
    }
  });
});
