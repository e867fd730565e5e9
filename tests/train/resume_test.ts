import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Dataset } from "../../src/data/dataset.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import {
  bitsOf,
  destroyTrainer,
  tinyPairs,
  tinyTrainer,
  withoutTimes,
} from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

type Inputs = Partial<TrainerInputs> & { dropout?: number };

/** Pairs with three classes, so that batches can be grouped by label. */
function labelledPairs(rows: number): Dataset {
  const pairs = tinyPairs(rows);
  return new Dataset({
    name: "labelled",
    texts: new Map(pairs.columns.map((column) => [column, pairs.text(column)])),
    labels: Array.from({ length: rows }, (_, row) => row % 3),
  });
}

/** How a run may be made; each must go on from every checkpoint as if it had never stopped. */
const CASES: Readonly<Record<string, [Partial<ArgumentValues>, Inputs?]>> = {
  "plain": [{}],
  "accumulation with a short last group": [{ gradientAccumulationSteps: 2 }],
  "no_duplicates": [{ batchSampler: "no_duplicates" }],
  "no_duplicates_hashed": [{ batchSampler: "no_duplicates_hashed" }],
  "group_by_label": [
    { batchSampler: "group_by_label", perDeviceTrainBatchSize: 4, numTrainEpochs: 4 },
    { trainDataset: labelledPairs(14) },
  ],
  "group_by_length": [{ groupByLength: true }],
  "several datasets, proportional": [{}, { trainDataset: [tinyPairs(6, "a"), tinyPairs(5, "b")] }],
  "several datasets with a loss each, round_robin": [
    { multiDatasetBatchSampler: "round_robin", numTrainEpochs: 2 },
    {
      trainDataset: { a: tinyPairs(6), b: tinyPairs(7) },
      loss: {
        a: new MultipleNegativesRankingLoss(),
        b: new MultipleNegativesRankingLoss({ scale: 5 }),
      },
    },
  ],
  "fp16": [{ fp16: true }],
  "bf16": [{ bf16: true }],
  "noise, smoothing and recomputation": [
    { neftuneNoiseAlpha: 5, labelSmoothingFactor: 0.1, gradientCheckpointing: true },
  ],
  "another optimizer": [{ optim: "lion_32bit" }],
  "8-bit states": [{ optim: "adamw_bnb_8bit" }],
  "factored states": [{ optim: "adafactor" }],
  "a schedule that follows the metric": [
    {
      lrSchedulerType: "reduce_lr_on_plateau",
      lrSchedulerKwargs: { patience: 0, factor: 0.5 },
      evaluationStrategy: "steps",
      evalSteps: 1,
    },
    { evalDataset: tinyPairs(4, "dev") },
  ],
  "workers": [{ dataloaderNumWorkers: 1 }],
};

for (const [name, [values, inputs = {}]] of Object.entries(CASES)) {
  Deno.test(`a run with ${name} goes on from its checkpoints as if it had never stopped`, async () => {
    const gpu = await testGpu();
    await withFolder({}, async (folder) => {
      const args = (directory: string): Partial<ArgumentValues> => ({
        outputDir: join(folder, directory),
        numTrainEpochs: 3,
        perDeviceTrainBatchSize: 2,
        saveStrategy: "steps",
        saveSteps: 3,
        loggingSteps: 2,
        warmupSteps: 3,
        seed: 9,
        ...values,
      });
      const all = { dropout: 0.1, trainDataset: tinyPairs(10), ...inputs };
      const whole = await tinyTrainer(gpu, args("whole"), all);
      await whole.train();
      const [bits, { logHistory, tokensSeen, globalStep }] = [
        await bitsOf(whole.model),
        whole.state,
      ];
      await destroyTrainer(whole);
      assert(globalStep > 6, `the run has ${globalStep} steps`);
      for (const step of [3, 6]) {
        const resumed = await tinyTrainer(gpu, args(`resumed-${step}`), all);
        await resumed.train(join(folder, "whole", `checkpoint-${step}`));
        assertEquals(await bitsOf(resumed.model), bits);
        assertEquals(withoutTimes(resumed.state.logHistory), withoutTimes(logHistory));
        assertEquals(resumed.state.globalStep, globalStep);
        assertEquals(resumed.state.tokensSeen, tokensSeen);
        await destroyTrainer(resumed);
      }
    });
  });
}

Deno.test("the runs that are resumed differ in what a checkpoint must keep", () => {
  assertEquals(Object.keys(CASES).length, 16);
});

Deno.test("resume_from_checkpoint goes on from a path, or from the newest of output_dir", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const run = async (values: Partial<ArgumentValues>) => {
      const messages: string[] = [];
      const reporters = [{ message: (line: string) => messages.push(line) }];
      const args = { outputDir, saveStrategy: "steps", saveSteps: 1, ...values } as const;
      const trainer = await tinyTrainer(gpu, { ...args }, { reporters });
      await trainer.train();
      await destroyTrainer(trainer);
      return messages;
    };
    assertEquals(await run({ maxSteps: 3 }), []);
    const from = join(outputDir, "checkpoint-2");
    assertEquals(await run({ maxSteps: 3, resumeFromCheckpoint: from }), ["Resumed at step 2"]);
    assertEquals(await run({ maxSteps: 4, resumeFromCheckpoint: true }), [
      "Resumed at step 3",
      "The run was to have 3 steps and has now 4: its learning rates are others",
    ]);
    // A longer run may go on from a shorter one; nothing is left to do for one that is done.
    assertEquals(await run({ maxSteps: 4, resumeFromCheckpoint: true }), ["Resumed at step 4"]);
  });
});

Deno.test("ignore_data_skip begins the epoch of the checkpoint again", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const positions = async (values: Partial<ArgumentValues>) => {
      const found: unknown[] = [];
      const trainer = await tinyTrainer(gpu, {
        outputDir,
        numTrainEpochs: 2,
        saveStrategy: "steps",
        saveSteps: 2,
        ...values,
      }, {
        callbacks: [{
          name: "positions",
          onStepBegin: ({ state: { position, globalStep } }) =>
            void found.push([globalStep, position.epoch, position.index]),
        }],
      });
      await trainer.train();
      await destroyTrainer(trainer);
      return found;
    };
    const all = [[0, 0, 0], [1, 0, 1], [2, 0, 2], [3, 1, 0], [4, 1, 1], [5, 1, 2]];
    assertEquals(await positions({}), all);
    const from = join(outputDir, "checkpoint-2");
    assertEquals(await positions({ resumeFromCheckpoint: from }), all.slice(2));
    assertEquals(await positions({ resumeFromCheckpoint: from, ignoreDataSkip: true }), [
      [2, 0, 0],
      [3, 0, 1],
      [4, 0, 2],
      [5, 1, 0],
    ]);
  });
});
