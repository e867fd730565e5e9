import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import { AdamW } from "../../src/optim/adamw.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { Checkpointer } from "../../src/train/checkpointer.ts";
import { TrainerState } from "../../src/train/state.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const PLAN = {
  totalSteps: 9,
  epochs: 1.5,
  warmupSteps: 0,
  loggingSteps: 1,
  evalSteps: 1,
  saveSteps: 1,
};

async function checkpointer(values: Partial<ArgumentValues>) {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
  const optimizer = new AdamW(gpu, model.store, options);
  const args = new SentenceTransformerTrainingArguments(values);
  const made = new Checkpointer(args, PLAN, model, optimizer);
  return { made, close: () => [optimizer, model].forEach((used) => used.destroy()) };
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
      made.noteBest(state, { eval_loss: loss });
      await made.save(state, "# card");
    }
    assertEquals(made.savedStep, 3);
    assertEquals([...Deno.readDirSync(outputDir)].map(({ name }) => name).sort(), [
      "checkpoint-2",
      "checkpoint-3",
      "trainer_state.json",
    ]);
    assertEquals(state.best, { metric: 1, step: 2, checkpoint: join(outputDir, "checkpoint-2") });
    const resumed = await made.resume(true);
    assertEquals([resumed.globalStep, resumed.best], [3, state.best]);
    close();
  });
});

Deno.test("Checkpointer leaves the optimizer out where only the model is wanted", async () => {
  await withFolder({}, async (outputDir) => {
    const { made, close } = await checkpointer({ outputDir, saveOnlyModel: true });
    await made.save(stateAt(4), "# card");
    const files = [...Deno.readDirSync(join(outputDir, "checkpoint-4"))].map(({ name }) => name);
    assertEquals(files.includes("optimizer.safetensors"), false);
    await assertRejects(() => made.resume(true), InputError, "save_only_model");
    close();
  });
});

Deno.test("Checkpointer compares in the direction of the metric, strictly", async () => {
  const { made, close } = await checkpointer({ metricForBestModel: "dev_accuracy" });
  const state = stateAt(0);
  for (const [step, value] of [[1, 0.5], [2, 0.7], [3, 0.7], [4, 0.6]]) {
    state.globalStep = step;
    made.noteBest(state, { eval_dev_accuracy: value });
  }
  assertEquals(state.best, { metric: 0.7, step: 2, checkpoint: null });
  assertThrows(
    () => made.noteBest(state, { eval_loss: 1 }),
    UsageError,
    'metric_for_best_model is "dev_accuracy", the evaluation gave eval_loss',
  );
  await made.restoreBest(state);
  close();
});

Deno.test("Checkpointer remembers nothing where no metric is named", async () => {
  const { made, close } = await checkpointer({});
  const state = stateAt(1);
  made.noteBest(state, { eval_loss: 1 });
  assertEquals(state.best, null);
  close();
});
