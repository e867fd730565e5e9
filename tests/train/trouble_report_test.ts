import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import type { BatchSamplerFactory } from "../../src/data/samplers/sampler.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { OverflowingLoss } from "./training_probes.ts";

/** Four rows after the other: the second step of every epoch has rows 4 to 7. */
const inOrder: BatchSamplerFactory = (dataset) => {
  const rows = Uint32Array.from({ length: dataset.length }, (_, i) => i);
  const all = Array.from({ length: 3 }, (_, i) => rows.subarray(4 * i, 4 * i + 4));
  return { steps: () => 3, constantSteps: true, batches: () => all };
};

/** Trains, and returns the lines that it told. */
async function linesOf(
  values: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs> & { spoil?: string } = {},
): Promise<string[]> {
  const lines: string[] = [];
  const reporters = [{ message: (line: string) => void lines.push(line) }];
  await withFolder({}, async (folder) => {
    const args = { outputDir: join(folder, "out"), maxSteps: 6, ...values };
    const trainer = await tinyTrainer(await testGpu(), args, { reporters, ...inputs });
    if (inputs.spoil !== undefined) {
      trainer.model.store.upload(({ name, shape }) => {
        const size = shape.reduce((product, extent) => product * extent, 1);
        return new Float32Array(size).fill(name === inputs.spoil ? NaN : 0.1);
      });
    }
    try {
      await trainer.train();
    } finally {
      await destroyTrainer(trainer);
    }
  });
  return lines;
}

Deno.test("TroubleReport says nothing of a sound run", async () => {
  assertEquals(await linesOf({}), []);
  assertEquals(await linesOf({ maxGradNorm: 0, bf16: true }), []);
});

Deno.test("TroubleReport tells once of the first bad step, its tensor, rows, and what to do", async () => {
  const lines = await linesOf({}, { loss: new OverflowingLoss(5), batchSampler: inOrder });
  assertEquals(lines.length, 1);
  assertMatch(
    lines[0],
    /^Step 5: the loss is Infinity and the norm of the gradient (NaN|Infinity); the first gradient of the backward pass that is not finite is that of "encoder\.layer\.1\.output\.LayerNorm\.\w+"; its batch is rows 4, 5, 6, 7 of "pairs", counted from 0; the update spoils the parameters, .*; lower learning_rate \(0\.001\), look at the data, or see .* --debug underflow_overflow$/,
  );
});

Deno.test("TroubleReport names the batch of an accumulated step whose loss is bad", async () => {
  const lines = await linesOf(
    { gradientAccumulationSteps: 3, numTrainEpochs: 1, maxSteps: -1, bf16: true },
    { loss: new OverflowingLoss(2) },
  );
  assertEquals(lines.length, 1);
  assertMatch(lines[0], /^Step 1: .*; its batch is rows .*, train without bf16, /);
});

Deno.test("TroubleReport tells of a loss that is not finite though its step was skipped", async () => {
  const lines = await linesOf({ fp16: true }, { loss: new OverflowingLoss(3) });
  assertEquals(lines.length, 2);
  assertMatch(
    lines[0],
    /^Step 3: the loss is Infinity .*; the step was skipped; .*, train with bf16/,
  );
  assertEquals(
    lines[1],
    "1 of 6 steps were skipped, for their gradients overflowed in fp16; the loss scale is 32768 now",
  );
});

Deno.test("TroubleReport names the tensor where loss scaling is of no help", async () => {
  const always = Array.from({ length: 120 }, (_, i) => i + 1);
  const lines = await linesOf(
    { fp16: true, maxSteps: 80, loggingSteps: 10 },
    { loss: new OverflowingLoss(...always) },
  );
  assertEquals(lines.length, 3);
  assertMatch(lines[0], /^Step 1: the loss is Infinity/);
  assertMatch(lines[1], /^The last 40 steps were all skipped, .* that of "encoder\.layer\.1\./);
  assertMatch(lines[2], /^80 of 80 steps were skipped, .*; the loss scale is [\d.e-]+ now$/);
});

Deno.test("TroubleReport tells of a model that holds NaN from the start", async () => {
  const lines = await linesOf({}, {
    spoil: "encoder.layer.0.output.dense.weight",
    loss: new MultipleNegativesRankingLoss(),
  });
  assertEquals(lines.length, 1);
  assertMatch(lines[0], /^Step 1: the loss is NaN and the norm of the gradient NaN; the first/);
});
