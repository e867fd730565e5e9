import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError, OutputError } from "../../src/errors.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { adamw } from "../../src/optim/adamw.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import type { Optimizer } from "../../src/optim/optimizer.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import {
  readResumeState,
  restoreModel,
  restoreOptimizer,
  writeCheckpoint,
} from "../../src/train/checkpoint_files.ts";
import { LossStores } from "../../src/train/loss_stores.ts";
import { TrainerState } from "../../src/train/state.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpu } from "../support/gpu.ts";
import { bitsOf, tinyModel } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const RUN = {
  eval_steps: 1,
  logging_steps: 1,
  save_steps: 1,
  max_steps: 3,
  num_train_epochs: 1,
  train_batch_size: 4,
};
const FILES = { "scheduler.json": { last_epoch: 3 }, "rng_state.json": { seed: 1 } };

function optimizerOf(gpu: Gpu, model: SentenceTransformer): Optimizer {
  const rule = adamw({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 });
  const groups = parameterGroups(model.store, { learningRate: 0.1 });
  return new ElementwiseOptimizer(gpu, groups, rule);
}

/** A model and an optimizer that have moved, and their checkpoint. */
async function moved(path: string) {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const optimizer = optimizerOf(gpu, model);
  const control = new StepControl(gpu, { groups: 1 });
  for (let step = 0; step < 3; step++) {
    model.store.upload(
      ({ shape }) => Float32Array.from(normalValues(shape.reduce((a, b) => a * b), step)),
      (slab) => slab.gradients,
    );
    const measured = { norm: gpu.constant(1), coefficient: gpu.constant(1) };
    control.decide(measured, { first: step, rows: [[optimizer.scalars(step + 1, 0.1)]] });
    optimizer.step(control);
    gpu.recorder.submit();
  }
  const state = new TrainerState();
  state.globalStep = 3;
  await writeCheckpoint(path, {
    model: await model.toSavedModel("# card"),
    lossStores: new LossStores(model, [], 1),
    resume: { optimizer: await optimizer.download(), files: FILES },
    args: { learning_rate: 0.1 },
    state: state.toFile(RUN),
  });
  control.destroy();
  return { model, optimizer };
}

Deno.test("a checkpoint brings back parameters, moments and state, bit for bit", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "checkpoint-3");
    const { model, optimizer } = await moved(path);
    const fresh = await tinyModel(model.gpu);
    const other = optimizerOf(model.gpu, fresh);
    await restoreModel(path, fresh);
    await restoreOptimizer(path, other);
    assertEquals(await bitsOf(fresh), await bitsOf(model));
    assertEquals(await other.download(), await optimizer.download());
    const { state, files } = await readResumeState(path);
    assertEquals([state.global_step, files], [3, FILES]);
    const args = JSON.parse(await Deno.readTextFile(join(path, "training_args.json")));
    assertEquals(args, { learning_rate: 0.1 });
    for (const used of [optimizer, other, model, fresh]) used.destroy();
  });
});

Deno.test("a checkpoint that is damaged, foreign or without optimizer is refused", async () => {
  await withFolder({}, async (folder) => {
    const path = join(folder, "checkpoint-3");
    const { model, optimizer } = await moved(path);
    const before = await bitsOf(model);
    const file = join(path, "optimizer.safetensors");
    const bytes = await Deno.readFile(file);
    const restore = () => restoreOptimizer(path, optimizer);
    await Deno.writeFile(file, bytes.subarray(0, bytes.length - 9));
    await assertRejects(restore, InputError, "optimizer.safetensors");
    await Deno.remove(file);
    await assertRejects(restore, InputError, "was it saved with save_only_model?");
    const resume = () => readResumeState(path);
    await Deno.writeTextFile(join(path, "rng_state.json"), "[]");
    await assertRejects(resume, InputError, "rng_state.json");
    await Deno.remove(join(path, "scheduler.json"));
    await assertRejects(resume, InputError, "scheduler.json is missing");
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
