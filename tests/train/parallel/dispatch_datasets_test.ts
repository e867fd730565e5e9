import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { DispatchedDataset } from "../../../src/data/dispatched_dataset.ts";
import { RemoteTexts } from "../../../src/data/remote_texts.ts";
import { batchSampler } from "../../../src/data/samplers/batch_sampler.ts";
import { InputError, UsageError } from "../../../src/errors.ts";
import { CoSENTLoss } from "../../../src/losses/cosent_loss.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import {
  dispatchDatasets,
  type DispatchOptions,
} from "../../../src/train/parallel/dispatch_datasets.ts";
import type { SentenceTransformerTrainer } from "../../../src/train/trainer.ts";
import { memoryRanks, rankGpus, scoredPairs, trainOnRanks } from "../../support/tiny_ranks.ts";
import { bitsOf, destroyTrainer, tinyPairs, tinyTrainer } from "../../support/tiny_training.ts";
import { withFolder } from "../../support/with_folder.ts";

/** What each rank is given of datasets that rank 0 alone can read. */
function dispatched(ranks: number, read: () => Dataset[], options?: DispatchOptions) {
  return Promise.all(
    memoryRanks(ranks).map((communicator) =>
      dispatchDatasets(communicator, () => {
        assertEquals(communicator.rank, 0);
        return Promise.resolve(read());
      }, options)
    ),
  );
}

/** A dataset without the rows that all ranks were told at once, so that only what is sent can be trained on. */
function withoutTexts(dataset: Dataset): Dataset {
  assert(dataset instanceof DispatchedDataset);
  if (dataset.facts.isHere) return dataset;
  const { columns, length, ...parts } = dataset;
  const texts = new RemoteTexts({ dataset: dataset.name, length, head: [] });
  return new DispatchedDataset(
    { ...parts, texts: new Map(columns.map((column) => [column, texts])) },
    dataset.facts,
  );
}

/** Rows of which some share their texts, many more than all ranks are told at once. */
function manyPairs(): Dataset {
  const texts = (shift: number) => Array.from({ length: 1200 }, (_, i) => `t${(i + shift) % 700}`);
  return new Dataset({ name: "many", texts: new Map([["a", texts(0)], ["b", texts(5)]]) });
}

/** A run whose rows rank 0 alone reads, and the same run of which every rank reads its own. */
async function bothWays(
  ranks: number,
  args: Partial<ArgumentValues>,
  { read, ...inputs }: { read: () => Dataset[]; dropout: number },
) {
  const plain = await trainOnRanks(ranks, args, {
    inputs: () => ({ trainDataset: read(), ...inputs }),
  });
  const { batchSampler } = { batchSampler: "batch_sampler", ...args };
  const datasets = (await dispatched(ranks, read, { batchSampler }))
    .map((own) => own.map(withoutTexts));
  const sent = await trainOnRanks(ranks, { ...args, dispatchBatches: true }, {
    inputs: (rank) => ({ trainDataset: datasets[rank], ...inputs }),
  });
  return { plain, sent };
}

const RUNS: readonly [string, number, Partial<ArgumentValues>, () => Dataset[]][] = [
  ["whole batches", 2, {}, () => [tinyPairs(16)]],
  ["a short last batch", 2, {}, () => [tinyPairs(13)]],
  ["a last batch with fewer rows than ranks", 4, {}, () => [tinyPairs(17)]],
  ["accumulation and epochs", 2, { gradientAccumulationSteps: 2, numTrainEpochs: 2 }, () => [
    tinyPairs(20),
  ]],
  ["split_batches", 2, { splitBatches: true }, () => [tinyPairs(13)]],
  ["dataloader_drop_last", 2, { dataloaderDropLast: true }, () => [tinyPairs(13)]],
  ["several datasets", 2, {}, () => [tinyPairs(9, "a"), tinyPairs(12, "b")]],
  ["no_duplicates beyond the first rows", 2, { batchSampler: "no_duplicates", maxSteps: 3 }, () => [
    manyPairs(),
  ]],
  ["no_duplicates_hashed", 2, { batchSampler: "no_duplicates_hashed", maxSteps: 3 }, () => [
    manyPairs(),
  ]],
  ["group_by_length", 2, { groupByLength: true }, () => {
    const { columns, length, ...pairs } = tinyPairs(16);
    const texts = new Map(columns.map((column) => [column, tinyPairs(16).text(column)]));
    return [new Dataset({ ...pairs, texts, lengths: Array.from({ length }, (_, i) => i * 5 % 7) })];
  }],
];

for (const [name, ranks, args, read] of RUNS) {
  Deno.test(`dispatch_batches has the bits of a run without it: ${name}`, async () => {
    const { plain, sent } = await bothWays(ranks, args, { read, dropout: 0.1 });
    assert(plain[0].losses.length > 0);
    assertEquals(sent.map(({ losses }) => losses), plain.map(({ losses }) => losses));
    assertEquals(sent.map(({ bits }) => bits), plain.map(({ bits }) => bits));
  });
}

Deno.test("dispatch_batches has the same bits with labels, with workers, and where all ranks can read", async () => {
  const args = { numTrainEpochs: 2 };
  const loss = new CosineSimilarityLoss();
  const inputs = () => ({ trainDataset: scoredPairs(13), loss });
  const [plain] = await trainOnRanks(2, args, { inputs });
  const datasets = (await dispatched(2, () => [scoredPairs(13)])).map((own) =>
    own.map(withoutTexts)
  );
  const workers = { ...args, dispatchBatches: true, dataloaderNumWorkers: 2 };
  const sent = await trainOnRanks(2, workers, {
    inputs: (rank) => ({ trainDataset: datasets[rank], loss }),
  });
  assertEquals(sent.map(({ bits }) => bits), [plain.bits, plain.bits]);
  const [whole] = await trainOnRanks(2, { ...args, dispatchBatches: true }, { inputs });
  assertEquals(whole.bits, plain.bits);
});

Deno.test("dispatch_batches goes on from a checkpoint made without it, and the other way", async () => {
  await withFolder({}, async (outputDir) => {
    const save = { saveStrategy: "steps", saveSteps: 2 } as const;
    const args = { ...save, outputDir, maxSteps: 4 };
    const [whole] = await trainOnRanks(2, { maxSteps: 4 }, {
      inputs: () => ({ trainDataset: manyPairs() }),
    });
    const datasets = await dispatched(2, () => [manyPairs()]);
    const inputs = (rank: number) => ({ trainDataset: datasets[rank] });
    await trainOnRanks(2, { ...args, dispatchBatches: true }, { inputs });
    const work = (trainer: SentenceTransformerTrainer) =>
      trainer.train(`${outputDir}/checkpoint-2`).then(() => {});
    const plain = { inputs: () => ({ trainDataset: manyPairs() }), work };
    const resumed = [
      await trainOnRanks(2, { ...args, outputDir: `${outputDir}/a` }, plain),
      await trainOnRanks(2, { ...args, outputDir: `${outputDir}/b`, dispatchBatches: true }, {
        inputs,
        work,
      }),
    ].flat();
    assertEquals(resumed.length, 4);
    for (const { bits } of resumed) assertEquals(bits, whole.bits);
    // One process has the checkpoint's rows to itself.
    const single = { ...args, outputDir: `${outputDir}/c`, perDeviceTrainBatchSize: 8 };
    const [alone] = await trainOnRanks(1, single, plain);
    assertEquals(alone.trainer.state.globalStep, 4);
  });
});

Deno.test("a rank that cannot read rows gets what cards and samplers ask for, not the rest", async () => {
  const read = () => [manyPairs()];
  const [[own], [other]] = await dispatched(2, read, { batchSampler: "no_duplicates" });
  assert(own instanceof DispatchedDataset && other instanceof DispatchedDataset);
  assertEquals([own.facts.isHere, other.facts.isHere], [true, false]);
  assertEquals(other.facts.values, own.facts.values);
  assertEquals(other.facts.fingerprint, own.facts.fingerprint);
  assertEquals([other.name, other.columns, other.length], ["many", ["a", "b"], 1200]);
  assertEquals(other.text("b").at(999), own.text("b").at(999));
  assertThrowsAt(other, 1000);
  const orders = [own, other].map((dataset) =>
    batchSampler(dataset, { batchSize: 8, dropLast: false, seed: 1 }).batches(2)
  );
  assertEquals(orders[1], orders[0]);
  const [, [whole]] = await dispatched(2, read, { whole: true });
  assertEquals([...whole.text("a")], [...own.text("a")]);
});

function assertThrowsAt(dataset: Dataset, row: number): void {
  let thrown: unknown = null;
  try {
    dataset.text("a").at(row);
  } catch (error) {
    thrown = error;
  }
  assert(thrown instanceof UsageError);
  assertStringIncludes(thrown.message, `row ${row} of dataset "many"`);
}

Deno.test("dispatchDatasets() fails on all ranks with the reason of the rank that reads", async () => {
  const failed = memoryRanks(2).map((communicator) =>
    assertRejects(
      () => dispatchDatasets(communicator, () => Promise.reject(new InputError("no such file"))),
      InputError,
    )
  );
  const messages = (await Promise.all(failed)).map(({ message }) => message);
  assertEquals(messages, ["no such file", "no such file (on rank 0)"]);
});

Deno.test("a rank that has no rows is told to set dispatch_batches", async () => {
  const [, datasets] = await dispatched(2, () => [manyPairs()]);
  const [gpu] = await rankGpus(1);
  await assertRejects(
    () => tinyTrainer(gpu, {}, { trainDataset: datasets, loss: new CoSENTLoss() }),
    UsageError,
    "Cannot train: rank 0 alone has the rows; set dispatch_batches",
  );
  // One process has nobody to send rows to.
  const trainer = await tinyTrainer(gpu, { dispatchBatches: true, maxSteps: 1 });
  await trainer.train();
  assert(Object.keys(await bitsOf(trainer.model)).length > 0);
  await destroyTrainer(trainer);
});

Deno.test("dispatchDatasets tells every rank what classes are called", async () => {
  const texts = new Map([["a", ["x", "y"]], ["b", ["z", "z"]]]);
  const classNames = ["no", "yes"];
  const read = () => [new Dataset({ name: "d", texts, labels: [1, 0], classNames })];
  for (const [dataset] of await dispatched(2, read)) {
    assertEquals([dataset.labels, dataset.classNames], [[1, 0], classNames]);
  }
});
