import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { DeviceError, OutOfMemoryError } from "../../src/errors.ts";
import { Gpu } from "../../src/gpu/device.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { bitsOf, destroyTrainer, tinyPairs, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** Trains with so much memory for activations. */
async function run(memoryLimit: number, values: Partial<ArgumentValues>) {
  const gpu = await Gpu.request({ memoryLimit });
  const messages: string[] = [];
  const trainer = await tinyTrainer(gpu, { perDeviceTrainBatchSize: 16, maxSteps: 4, ...values }, {
    trainDataset: tinyPairs(32),
    reporters: [{ message: (line) => messages.push(line) }],
  });
  try {
    await trainer.train();
    const { trainBatchSize, state: { globalStep } } = trainer;
    return { trainBatchSize, globalStep, messages, weights: await bitsOf(trainer.model) };
  } finally {
    await destroyTrainer(trainer);
    gpu.destroy();
  }
}

/** Less than a batch of 16 takes, more than one of 8. */
const LIMIT = 600_000;

Deno.test("auto_find_batch_size begins again with smaller batches until they fit", async () => {
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "out");
    const args = { outputDir, saveStrategy: "steps", saveSteps: 2 } as const;
    await assertRejects(() => run(LIMIT, args), OutOfMemoryError, "Cannot allocate");
    const found = await run(LIMIT, { ...args, autoFindBatchSize: true });
    assert(found.trainBatchSize < 16 && found.trainBatchSize > 4, `${found.trainBatchSize}`);
    assertEquals(found.globalStep, 4);
    assertEquals(found.messages.slice(0, 2), [
      "Memory does not suffice for batches of 16: begins again with 14",
      "Memory does not suffice for batches of 14: begins again with 12",
    ]);
    // As if the smaller batch had been asked for.
    const { trainBatchSize: perDeviceTrainBatchSize } = found;
    const asked = await run(Infinity, { outputDir, saveStrategy: "no", perDeviceTrainBatchSize });
    assertEquals(found.weights, asked.weights);
    // A resumed run begins with the batch that was found.
    const resumeFromCheckpoint = join(outputDir, "checkpoint-2");
    const resumed = await run(LIMIT, { ...args, autoFindBatchSize: true, resumeFromCheckpoint });
    assertEquals(resumed.messages, ["Resumed at step 2"]);
    assertEquals(resumed.weights, asked.weights);
    // It may not shrink further: the rows of its steps would be others.
    await assertRejects(
      () => run(LIMIT / 2, { ...args, autoFindBatchSize: true, resumeFromCheckpoint }),
      DeviceError,
      `memory does not suffice for its batches of ${perDeviceTrainBatchSize}`,
    );
  });
});

Deno.test("auto_find_batch_size gives up where not even one row fits", async () => {
  await withFolder({}, async (folder) => {
    await assertRejects(
      () => run(140_000, { outputDir: join(folder, "out"), autoFindBatchSize: true }),
      DeviceError,
      "No executable batch size found, reached zero.",
    );
  });
});
