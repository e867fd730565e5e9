import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { Checkpointer, findCheckpoint, metricOf } from "../../src/train/checkpointer.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { TrainerState } from "../../src/train/state.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const LOSS = new MultipleNegativesRankingLoss();

async function checkpointer(values: Partial<ArgumentValues>, rows = 9) {
  const model = await tinyModel(await testGpu());
  const args = new SentenceTransformerTrainingArguments(values);
  const inputs = { model, trainDataset: tinyPairs(rows), loss: LOSS };
  const parts = assembleRun(setUpRun(inputs, args), args.perDeviceTrainBatchSize);
  const close = async () => {
    await releaseParts(parts);
    model.destroy();
  };
  return { made: parts.checkpointer, close };
}

function stateAt(step: number): TrainerState {
  const state = new TrainerState();
  state.globalStep = step;
  return state;
}

Deno.test("Checkpointer keeps as many as it is told, and the best, and goes on from the newest", async () => {
  await withFolder({}, async (outputDir) => {
    const { made, close } = await checkpointer({
      outputDir,
      saveTotalLimit: 1,
      metricForBestModel: "loss",
    });
    const state = stateAt(0);
    for (const [step, loss] of [[1, 3], [2, 1], [3, 2]]) {
      state.globalStep = step;
      assertEquals(made.noteBest(state, { eval_loss: loss }), step < 3);
      await made.save(state, "# card");
    }
    assertEquals(made.savedStep, 3);
    const names = () => [...Deno.readDirSync(outputDir)].map(({ name }) => name).sort();
    assertEquals(names(), ["checkpoint-2", "checkpoint-3", "trainer_state.json"]);
    assertEquals([...Deno.readDirSync(join(outputDir, "checkpoint-3"))].length, 17);
    assertEquals(state.best, { metric: 1, step: 2, checkpoint: join(outputDir, "checkpoint-2") });
    const { state: resumed, notes } = await made.resume(await findCheckpoint(true, outputDir));
    assertEquals([resumed.globalStep, resumed.best, notes], [3, state.best, []]);
    const loaded = join(outputDir, "checkpoint-2");
    assertEquals(await made.restoreBest(state), { loaded, note: null });
    assertEquals(names(), ["checkpoint-2", "trainer_state.json"]);
    await close();
  });
});

Deno.test("Checkpointer leaves out what only resuming needs where only the model is wanted", async () => {
  await withFolder({}, async (outputDir) => {
    const { made, close } = await checkpointer({ outputDir, saveOnlyModel: true });
    await made.save(stateAt(4), "# card");
    const path = join(outputDir, "checkpoint-4");
    const files = [...Deno.readDirSync(path)].map(({ name }) => name);
    const missing = ["optimizer.safetensors", "scheduler.json", "rng_state.json"];
    assertEquals(missing.filter((name) => files.includes(name)), []);
    await assertRejects(() => made.resume(path), InputError, "save_only_model");
    await close();
  });
});

Deno.test("Checkpointer refuses a checkpoint of another configuration, and says what differs", async () => {
  await withFolder({}, async (outputDir) => {
    const first = await checkpointer({ outputDir, seed: 1 });
    await first.made.save(stateAt(1), "# card");
    await first.close();
    const path = join(outputDir, "checkpoint-1");
    const cases: [Partial<ArgumentValues>, number, string[]][] = [
      [{ seed: 2 }, 9, ["seed was 1 and is 2", "data_seed was 1 and is 2"]],
      [{ seed: 1, perDeviceTrainBatchSize: 2 }, 9, ["per_device_train_batch_size was 8 and is 2"]],
      [{ seed: 1, learningRate: 1e-3 }, 9, ["learning_rate was 0.00005 and is 0.001"]],
      [{ seed: 1, optim: "sgd" }, 9, ['optim was "adamw_torch" and is "sgd"']],
      [{ seed: 1, fp16: true }, 9, ["fp16 was false and is true"]],
      [{ seed: 1 }, 7, ["datasets.0.rows was 9 and is 7"]],
      [{ seed: 1, batchSampler: "no_duplicates", gradientAccumulationSteps: 2 }, 9, [
        "gradient_accumulation_steps was 1 and is 2",
        'batch_sampler was "batch_sampler" and is "no_duplicates"',
      ]],
    ];
    for (const [values, rows, differences] of cases) {
      const other = await checkpointer({ outputDir, ...values }, rows);
      for (const difference of differences) {
        const message = `Cannot resume from ${path}: it was made with another configuration`;
        const error = await assertRejects(() => other.made.resume(path), InputError, message);
        assertEquals(error.message.includes(difference), true, error.message);
      }
      await other.close();
    }
    // What changes no meaning of the state may differ; with ignore_data_skip the data too.
    for (
      const [values, rows] of [
        [{ seed: 1, optim: "adamw_torch_fused", numTrainEpochs: 9, loggingSteps: 1 }, 9],
        [{ seed: 1, dataSeed: 5, perDeviceTrainBatchSize: 2, ignoreDataSkip: true }, 7],
      ] as const
    ) {
      const other = await checkpointer({ outputDir, ...values }, rows);
      assertEquals((await other.made.resume(path)).state.globalStep, 1);
      await other.close();
    }
  });
});

Deno.test("Checkpointer compares in the direction of the metric, strictly, and no NaN", async () => {
  const { made, close } = await checkpointer({ metricForBestModel: "dev_accuracy" });
  const state = stateAt(0);
  const found = [[1, NaN], [2, 0.5], [3, 0.7], [4, 0.7], [5, 0.6], [6, NaN]].map(
    ([step, value]) => {
      state.globalStep = step;
      return made.noteBest(state, { eval_dev_accuracy: value });
    },
  );
  assertEquals(found, [false, true, true, false, false, false]);
  assertEquals(state.best, { metric: 0.7, step: 3, checkpoint: null });
  assertThrows(
    () => made.noteBest(state, { eval_loss: 1 }),
    UsageError,
    'metric_for_best_model is "dev_accuracy", the evaluation gave eval_loss',
  );
  assertEquals(await made.restoreBest(state), {
    loaded: null,
    note:
      "Could not load the best model: none of the evaluated steps was saved; the model is that of the last step",
  });
  await close();
});

Deno.test("Checkpointer remembers nothing where no metric is named", async () => {
  const { made, close } = await checkpointer({});
  const state = stateAt(1);
  assertEquals(made.noteBest(state, { eval_loss: 1 }), false);
  assertEquals(state.best, null);
  assertEquals(made instanceof Checkpointer, true);
  await close();
});

Deno.test("findCheckpoint() takes a path, or the newest, or says that there is none", async () => {
  await withFolder({
    "checkpoint-2/trainer_state.json": "{}",
    "checkpoint-10/trainer_state.json": "{}",
    "checkpoint-11/half": "",
  }, async (folder) => {
    assertEquals(await findCheckpoint(true, folder), join(folder, "checkpoint-10"));
    assertEquals(await findCheckpoint("true", folder), join(folder, "checkpoint-10"));
    assertEquals(await findCheckpoint("elsewhere", folder), "elsewhere");
    await assertRejects(
      () => findCheckpoint(true, join(folder, "gone")),
      InputError,
      "No valid checkpoint found in output directory",
    );
  });
});

Deno.test("metricOf() finds a metric with and without its prefix", () => {
  const metrics = { eval_loss: 1, eval_dev_accuracy: 0.5 };
  assertEquals(["loss", "eval_loss", "dev_accuracy"].map((name) => metricOf(metrics, name)), [
    1,
    1,
    0.5,
  ]);
});

Deno.test("Checkpointer goes back to the best that was saved, and tells where the best was not", async () => {
  await withFolder({}, async (outputDir) => {
    const { made, close } = await checkpointer({ outputDir, metricForBestModel: "score" });
    const state = stateAt(1);
    made.noteBest(state, { eval_score: 1 });
    await made.save(state, "# card");
    state.globalStep = 2;
    assertEquals(made.noteBest(state, { eval_score: 2 }), true);
    const loaded = join(outputDir, "checkpoint-1");
    assertEquals(state.best, { metric: 2, step: 2, checkpoint: loaded });
    const note = "The best step, 2, was not saved: loaded checkpoint-1, the best that was";
    assertEquals(await made.restoreBest(state), { loaded, note });
    await Deno.remove(loaded, { recursive: true });
    const gone = await made.restoreBest(state);
    assertEquals(gone.loaded, null);
    assertMatch(gone.note!, /^Could not load the best model: .*checkpoint-1/);
    await close();
  });
});

Deno.test("Checkpointer finds the best checkpoint where the output directory has moved", async () => {
  await withFolder({}, async (folder) => {
    const before = join(folder, "before");
    const { made, close } = await checkpointer({ outputDir: before, metricForBestModel: "score" });
    const state = stateAt(1);
    made.noteBest(state, { eval_score: 1 });
    await made.save(state, "# card");
    await close();
    const outputDir = join(folder, "after");
    await Deno.rename(before, outputDir);
    const moved = await checkpointer({ outputDir, metricForBestModel: "score" });
    const path = join(outputDir, "checkpoint-1");
    const { state: found } = await moved.made.resume(path);
    assertEquals(found.best, { metric: 1, step: 1, checkpoint: path });
    await moved.close();
  });
});
