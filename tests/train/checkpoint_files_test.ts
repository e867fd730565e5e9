import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError, OutputError } from "../../src/errors.ts";
import { AdamW } from "../../src/optim/adamw.ts";
import {
  downloadOptimizer,
  restoreCheckpoint,
  restoreModel,
  writeCheckpoint,
} from "../../src/train/checkpoint_files.ts";
import { TrainerState } from "../../src/train/state.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu } from "../support/gpu.ts";
import { bitsOf, tinyModel } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const OPTIONS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const RUN = {
  eval_steps: 1,
  logging_steps: 1,
  save_steps: 1,
  max_steps: 3,
  num_train_epochs: 1,
  train_batch_size: 4,
};

/** A model and an optimizer that have moved, and their checkpoint. */
async function moved(path: string, saveOptimizer = true) {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const optimizer = new AdamW(gpu, model.store, OPTIONS);
  for (let step = 0; step < 3; step++) {
    model.store.upload(
      ({ shape }) => Float32Array.from(normalValues(shape.reduce((a, b) => a * b), step)),
      (slab) => slab.gradients,
    );
    optimizer.step({ learningRate: 0.1, gradientScale: gpu.constant(1) });
  }
  const state = new TrainerState();
  state.globalStep = 3;
  await writeCheckpoint(path, {
    model: await model.toSavedModel("# card"),
    optimizer: saveOptimizer ? await downloadOptimizer(model, optimizer) : null,
    args: { learning_rate: 0.1 },
    state: state.toFile(RUN),
  });
  return { model, optimizer };
}

Deno.test("a checkpoint brings back parameters, moments and state, bit for bit", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "checkpoint-3");
    const { model, optimizer } = await moved(path);
    const fresh = await tinyModel(model.gpu);
    const other = new AdamW(model.gpu, fresh.store, OPTIONS);
    const state = await restoreCheckpoint(path, fresh, other);
    assertEquals([state.global_step, other.stepCount], [3, 3]);
    assertEquals(await bitsOf(fresh), await bitsOf(model));
    assertEquals(await downloadOptimizer(fresh, other), await downloadOptimizer(model, optimizer));
    const again = await tinyModel(model.gpu);
    await restoreModel(path, again);
    assertEquals(await bitsOf(again), await bitsOf(model));
    const args = JSON.parse(await Deno.readTextFile(join(path, "training_args.json")));
    assertEquals(args, { learning_rate: 0.1 });
    for (const used of [optimizer, other, model, fresh, again]) used.destroy();
  });
});

Deno.test("a checkpoint that is damaged, foreign or without optimizer is refused", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "checkpoint-3");
    const { model, optimizer } = await moved(path);
    const before = await bitsOf(model);
    const file = join(path, "optimizer.safetensors");
    const bytes = await Deno.readFile(file);
    const resume = () => restoreCheckpoint(path, model, optimizer);
    await Deno.writeFile(file, bytes.subarray(0, bytes.length - 9));
    await assertRejects(resume, InputError, "optimizer.safetensors");
    await Deno.remove(file);
    await assertRejects(resume, InputError, "was it saved with save_only_model?");
    await Deno.remove(join(path, "trainer_state.json"));
    await assertRejects(resume, InputError, "trainer_state.json is missing");
    await Deno.remove(join(path, "model.safetensors"));
    await assertRejects(
      () => restoreModel(path, model),
      InputError,
      "model.safetensors is missing",
    );
    assertEquals(await bitsOf(model), before);
    for (const used of [optimizer, model]) used.destroy();
  });
});

Deno.test("writeCheckpoint leaves what was there when it cannot write", async () => {
  await withFolder({ "file": "kept" }, async (folder) => {
    await assertRejects(() => moved(join(folder, "file", "checkpoint-3")), OutputError);
    assertEquals(await Deno.readTextFile(join(folder, "file")), "kept");
    assertEquals([...Deno.readDirSync(folder)].length, 1);
  });
});
