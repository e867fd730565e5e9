import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { Dataset } from "../../src/data/dataset.ts";
import { streamDataset } from "../../src/data/streaming/stream_dataset.ts";
import { CachedMultipleNegativesRankingLoss } from "../../src/losses/cached_multiple_negatives_ranking_loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { largestBatches } from "../../src/train/largest_batches.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

/** Tokens of the largest batches, of their halves, and of every batch that the run meets. */
async function tokensOf(
  args: Partial<ArgumentValues>,
  inputs: Partial<TrainerInputs> = {},
): Promise<{ whole: number[]; half: (number | null)[]; others: number[]; met: number[] }> {
  const model = await tinyModel(await testGpu());
  const all = new SentenceTransformerTrainingArguments({ perDeviceTrainBatchSize: 4, ...args });
  const setup = setUpRun({
    model,
    trainDataset: tinyPairs(50),
    loss: new MultipleNegativesRankingLoss(),
    ...inputs,
  }, all);
  const parts = assembleRun(setup, all.perDeviceTrainBatchSize);
  const found = await largestBatches(setup, parts);
  const met: number[] = [];
  for (let step = 0; step < parts.plan.totalSteps; step++) {
    const batches = await parts.source.step(parts.timeline.locate(step));
    met.push(...batches.map(({ batch }) => batch.ids.length));
  }
  await releaseParts(parts);
  model.destroy();
  return {
    whole: found.map(({ whole }) => whole.batch.ids.length),
    others: found.flatMap(({ others }) => others.map(({ batch }) => batch.ids.length)),
    half: found.map(({ half }) => half && half.batch.columns[0].count),
    met,
  };
}

Deno.test("largestBatches() finds the most tokens that a run meets", async () => {
  for (const args of [{}, { gradientAccumulationSteps: 3 }, { groupByLength: true }]) {
    const { whole, half, others, met } = await tokensOf({ numTrainEpochs: 2.5, ...args });
    assertEquals(whole, [Math.max(...met)]);
    assertEquals(half, [2]);
    // The other seven that look longest, and five of the rest.
    assertEquals([others.length, Math.min(...others)], [12, Math.min(...met)]);
    assertEquals(new Set(met).size > 1, true);
  }
});

Deno.test("largestBatches() gives one batch of each dataset, and no half of a row", async () => {
  const trainDataset = [tinyPairs(9, "few"), tinyPairs(40, "many")];
  const { whole, half } = await tokensOf({ perDeviceTrainBatchSize: 1 }, { trainDataset });
  assertEquals([whole.length, half], [2, [null, null]]);
});

Deno.test("largestBatches() of a cached loss finds that with the longest part", async () => {
  // Batches are rows 0 and 1, 2 and 3: the second has fewer tokens in all, but the longest text.
  const anchor = ["a b c d", "a b c d", "a b c d e f", "a"];
  const texts = new Map([["anchor", anchor], ["positive", anchor.map(() => "x")]]);
  const inputs = {
    trainDataset: new Dataset({ name: "d", texts }),
    batchSampler: () => ({
      batches: () => [Uint32Array.of(0, 1), Uint32Array.of(2, 3)],
      steps: () => 2,
    }),
  };
  const args = { perDeviceTrainBatchSize: 2, numTrainEpochs: 1 };
  const { whole, met } = await tokensOf(args, inputs);
  assertEquals([whole, met.length], [[Math.max(...met)], 2]);
  const loss = new CachedMultipleNegativesRankingLoss({ mini_batch_size: 1 });
  const parts = await tokensOf(args, { ...inputs, loss });
  assertEquals(parts.whole, [Math.min(...met)]);
  assertEquals(new Set(met).size, 2);
});

Deno.test("largestBatches() looks at few rows where texts are on disk", async () => {
  await withFolder({ "x.jsonl": '{"a":"a b","b":"c"}\n'.repeat(9000) }, async (folder) => {
    const onDisk = await streamDataset(join(folder, "x.jsonl"), { name: "x", layout: "json" });
    let reads = 0;
    const texts = new Map(onDisk.columns.map((column) => {
      const { length } = onDisk;
      const at = (row: number) => (reads++, onDisk.text(column).at(row));
      return [column, {
        length,
        at,
        [Symbol.iterator]: () => onDisk.text(column)[Symbol.iterator](),
      }];
    }));
    const model = await tinyModel(await testGpu());
    const args = new SentenceTransformerTrainingArguments({ perDeviceTrainBatchSize: 8 });
    const loss = new MultipleNegativesRankingLoss();
    const setup = setUpRun({ model, trainDataset: new Dataset({ name: "x", texts }), loss }, args);
    const parts = assembleRun(setup, 8);
    reads = 0;
    assertEquals((await largestBatches(setup, parts)).length, 1);
    // Two columns of 4,096 rows, and what is tokenized.
    assertEquals(reads > 2 * 2000 && reads <= 2 * (4096 + 8 * (8 + 1 + 5)), true);
    await releaseParts(parts);
    model.destroy();
    onDisk.close();
  });
});
