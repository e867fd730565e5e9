import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import {
  assembleRun,
  evaluationPrecision,
  releaseParts,
  type RunParts,
  scheduledRows,
  trainingPrecision,
} from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";

/** Makes the parts, looks at them and frees them; then nothing of them may be left. */
async function withParts(
  values: Partial<ArgumentValues>,
  look: (parts: RunParts, model: SentenceTransformer) => unknown,
  inputs: Partial<TrainerInputs> = {},
): Promise<void> {
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  gpu.constant(1);
  const { live } = gpu.pool.counters;
  try {
    const args = new SentenceTransformerTrainingArguments({ learningRate: 1e-3, ...values });
    const setup = setUpRun({
      model,
      trainDataset: tinyPairs(10),
      loss: new MultipleNegativesRankingLoss(),
      ...inputs,
    }, args);
    const parts = assembleRun(setup, args.perDeviceTrainBatchSize);
    await look(parts, model);
    await releaseParts(parts);
  } finally {
    assertEquals(gpu.pool.counters.live, live, "the parts leave memory behind");
    model.destroy();
  }
}

Deno.test("assembleRun plans the run from arguments and rows", async () => {
  const values = { perDeviceTrainBatchSize: 4, numTrainEpochs: 2, warmupRatio: 0.5 };
  await withParts(values, ({ batchSize, plan, timeline, schedule, learningRates, watch }) => {
    assertEquals(batchSize, 4);
    assertEquals([plan.totalSteps, plan.epochs, plan.warmupSteps], [6, 2, 3]);
    assertEquals(timeline.stepsIn(0), 3);
    assertEquals([0, 1, 3, 6].map((step) => schedule.factor(step)), [0, 1 / 3, 1, 0]);
    assertEquals(learningRates, [1e-3]);
    assertEquals(watch, null);
  });
  const accumulated = { ...values, gradientAccumulationSteps: 2, dataloaderDropLast: true };
  await withParts(accumulated, ({ plan }) => assertEquals(plan.totalSteps, 2));
});

Deno.test("assembleRun takes the rows of a batch from its caller, not from the arguments", async () => {
  const model = await tinyModel(await testGpu());
  const args = new SentenceTransformerTrainingArguments({ perDeviceTrainBatchSize: 8 });
  const loss = new MultipleNegativesRankingLoss();
  const setup = setUpRun({ model, trainDataset: tinyPairs(10), loss }, args);
  const parts = assembleRun(setup, 3);
  assertEquals([parts.batchSize, parts.timeline.stepsIn(0)], [3, 4]);
  await releaseParts(parts);
  model.destroy();
});

Deno.test("assembleRun scales the loss with fp16 alone", async () => {
  for (const [values, scaling, scale] of [[{}, false, 1], [{ fp16: true }, true, 65536]] as const) {
    await withParts(values, async ({ control }) => {
      const state = { scale, growthTracker: 0, updates: 0, skipped: 0 };
      assertEquals([control.scaling, await control.read()], [scaling, state]);
    });
  }
});

Deno.test("assembleRun chooses the optimizer, and watches for overflow where debug says so", async () => {
  const names = async (values: Partial<ArgumentValues>) => {
    let found: string[] = [];
    await withParts(values, async ({ optimizer, watch }) => {
      found = [...(await optimizer.download()).keys(), String(watch !== null)];
    });
    return found;
  };
  const plain = await names({ optim: "sgd" });
  const adamw = await names({ optim: "adamw_torch", debug: "underflow_overflow" });
  assertEquals([plain.at(-1), adamw.at(-1)], ["false", "true"]);
  assertNotEquals(plain.length, adamw.length);
});

Deno.test("assembleRun gives the parameters that a pattern matches their own rate", async () => {
  const learningRateMapping = { "word_embeddings": 0.25, "embeddings|pooler": 0.5 };
  await withParts({ learningRateMapping, optim: "sgd" }, (parts) => {
    assertEquals(parts.learningRates, [1e-3, 0.25, 0.5]);
    const { rows } = scheduledRows(parts, { first: 0, count: 1 });
    assertEquals(rows[0].map(([rate]) => rate), [1e-3, 0.25, 0.5]);
  });
});

Deno.test("scheduledRows gives the scalars of each update of a range", async () => {
  const values = { maxSteps: 10, warmupSteps: 4, learningRateMapping: { bias: 0.5 } };
  await withParts(values, (parts) => {
    const { optimizer, schedule } = parts;
    const { first, rows } = scheduledRows(parts, { first: 2, count: 4 });
    assertEquals(first, 2);
    assertEquals(
      rows,
      [2, 3, 4, 5].map((updates) =>
        [1e-3, 0.5].map((rate) => optimizer.scalars(updates + 1, rate * schedule.factor(updates)))
      ),
    );
    // The rate rises, and each row is another one.
    const rates = rows.map(([[rate]]) => rate);
    assertEquals(rates.slice(0, 2), [1e-3 * 0.5, 1e-3 * 0.75]);
    assertEquals(new Set(rows.map((row) => JSON.stringify(row))).size, 4);
    assertEquals(scheduledRows(parts, { first: 7, count: 0 }), { first: 7, rows: [] });
  });
});

Deno.test("trainingPrecision and evaluationPrecision follow from the arguments", () => {
  const cases: [Partial<ArgumentValues>, string, string][] = [
    [{}, "f32", "f32"],
    [{ fp16: true }, "f16", "f16"],
    [{ bf16: true }, "bf16", "bf16"],
    [{ fp16FullEval: true }, "f32", "f16"],
    [{ bf16FullEval: true }, "f32", "bf16"],
    [{ bf16: true, fp16FullEval: true }, "bf16", "f16"],
    [{ fp16: true, bf16FullEval: true }, "f16", "bf16"],
  ];
  for (const [values, training, evaluation] of cases) {
    const args = new SentenceTransformerTrainingArguments(values);
    assertEquals([trainingPrecision(args), evaluationPrecision(args)], [training, evaluation]);
  }
});

Deno.test("assembleRun groups rows by the lengths that the data has, or by its tokens", async () => {
  const pairs = tinyPairs(40);
  const texts = new Map(pairs.columns.map((column) => [column, pairs.text(column)]));
  const tokens = Array.from({ length: 40 }, (_, row) => 2 + row % 5);
  const others = Array.from({ length: 40 }, (_, row) => row % 7);
  /** Pairs of batches, cut from ten rows that were sorted, of which the first has the longer rows. */
  const sorted = async (lengths: number[] | null, expected: readonly number[]) => {
    let count = 0;
    await withParts({ groupByLength: true, perDeviceTrainBatchSize: 5 }, ({ timeline }) => {
      const batches = Array.from({ length: 8 }, (_, index) => {
        const [rows] = timeline.batches({ epoch: 0, index, steps: 8 });
        return [...rows].map((row) => expected[row]);
      });
      for (let i = 0; i < 8; i += 2) {
        if (Math.min(...batches[i]) >= Math.max(...batches[i + 1])) count++;
      }
    }, { trainDataset: new Dataset({ name: "pairs", texts, lengths }) });
    return count;
  };
  // The longest row of all changes places with the first, which may spoil two of the four.
  assert(await sorted(null, tokens) >= 2);
  assertEquals(await sorted(null, others), 0);
  assert(await sorted(others, others) >= 2);
  assertEquals(await sorted(others, tokens), 0);
});

Deno.test("assembleRun takes no memory where an argument does not fit", async () => {
  const cases: [Partial<ArgumentValues>, typeof UsageError, string][] = [
    [{ lrSchedulerKwargs: { nope: 1 } }, UsageError, '"nope" is unknown'],
    [{ learningRateMapping: { nope: 1 } }, UsageError, '"nope" matches no parameter'],
    [{ optimArgs: "nope=1" }, UsageError, '"nope" is unknown'],
    [{ numTrainEpochs: 0 }, UsageError, "num_train_epochs is 0"],
    [
      { perDeviceTrainBatchSize: 16, dataloaderDropLast: true },
      UsageError,
      "epoch 0 has no batch",
    ],
    [
      { groupByLength: true, batchSampler: "no_duplicates" },
      UsageError,
      "Cannot group rows by length",
    ],
  ];
  const gpu = await testGpu();
  const model = await tinyModel(gpu);
  const { live } = gpu.pool.counters;
  let seen = 0;
  for (const [values, kind, text] of cases) {
    const args = new SentenceTransformerTrainingArguments({ ...values });
    const setup = setUpRun({
      model,
      trainDataset: tinyPairs(10),
      loss: new MultipleNegativesRankingLoss(),
    }, args);
    assertThrows(() => assembleRun(setup, args.perDeviceTrainBatchSize), kind, text);
    assertEquals(gpu.pool.counters.live, live, text);
    seen++;
  }
  assertEquals(seen, 6);
  model.destroy();
});
