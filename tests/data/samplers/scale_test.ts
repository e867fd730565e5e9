/**
 * Every sampler on 200,000 rows. Each takes less than a second where this was written; the bound
 * leaves room for slow machines under load, but not for a scan of all remaining rows for every batch.
 */
import { assert, assertEquals } from "@std/assert";
import { ConcatDataset } from "../../../src/data/concat_dataset.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { groupByLength } from "../../../src/data/samplers/group_by_length.ts";
import { multiDatasetSampler } from "../../../src/data/samplers/multi_dataset.ts";
import { batchSamplerNames, createBatchSampler } from "../../../src/data/samplers/names.ts";
import type { BatchSampler } from "../../../src/data/samplers/sampler.ts";
import { assertBatches } from "./random_dataset.ts";

const ROWS = 200_000;
const SECONDS = 20;
const OPTIONS = { batchSize: 64, dropLast: false, seed: 0 };

function assertQuick(sampler: BatchSampler, rows: number): void {
  const start = performance.now();
  const batches = sampler.batches(0);
  const seconds = (performance.now() - start) / 1000;
  assert(seconds < SECONDS, `took ${seconds} s`);
  assertEquals(batches.reduce((sum, { length }) => sum + length, 0), rows);
  assertBatches(sampler, 0, { length: ROWS, batchSize: 64 });
}

/** Texts of each column by row. */
function datasetOf(...columns: ((row: number) => string)[]): Dataset {
  const texts = columns.map((text, i) =>
    [`column ${i}`, Array.from({ length: ROWS }, (_, row) => text(row))] as const
  );
  return new Dataset({ name: "many", texts: new Map(texts) });
}

Deno.test("samplers: 200,000 rows by every name", () => {
  const dataset = new Dataset({
    name: "many",
    texts: new Map([["text", Array.from({ length: ROWS }, (_, row) => `text ${row}`)]]),
    // 49,900 labels of two rows and 100 of 1002.
    labels: Array.from({ length: ROWS }, (_, row) => row < ROWS / 2 ? row >> 1 : row % 100),
  });
  for (const name of batchSamplerNames) {
    assertQuick(createBatchSampler(name, dataset, OPTIONS), ROWS);
  }
  assertEquals(batchSamplerNames.length, 4);
});

Deno.test("samplers: 200,000 rows by length, and in two datasets", () => {
  const random = new Random("lengths");
  const dataset = datasetOf((row) => `text ${row}`);
  const lengths = Uint16Array.from({ length: ROWS }, () => random.integer(512));
  assertQuick(groupByLength(dataset, { ...OPTIONS, lengthsOf: () => lengths }), ROWS);
  const rows = Array.from({ length: ROWS / 2 }, (_, row) => `text ${row}`);
  const halves = ["a", "b"].map((name) => new Dataset({ name, texts: new Map([["text", rows]]) }));
  for (const multiDatasetBatchSampler of ["proportional", "round_robin"]) {
    const sampler = multiDatasetSampler(new ConcatDataset(halves), {
      ...OPTIONS,
      batchSampler: "batch_sampler",
      multiDatasetBatchSampler,
    });
    assertQuick(sampler, ROWS);
  }
});

Deno.test("no duplicates: 200,000 rows of few texts", () => {
  const random = new Random("few texts");
  const few = (count: number) => () => `${random.integer(count)}`;
  const datasets = [
    datasetOf((row) => `text ${row}`, (row) => row % 2 === 0 ? "shared" : `positive ${row}`),
    datasetOf(() => "the same"),
    datasetOf(few(10)),
    datasetOf(few(10), (row) => `positive ${row % 7}`),
    datasetOf(few(30), few(30), few(30)),
  ];
  for (const dataset of datasets) {
    for (const name of ["no_duplicates", "no_duplicates_hashed"]) {
      assertQuick(createBatchSampler(name, dataset, OPTIONS), ROWS);
    }
  }
});
