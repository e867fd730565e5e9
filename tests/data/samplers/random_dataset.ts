/** Datasets for the properties of samplers, and what every sampler promises. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import type { Random } from "../../../src/data/random.ts";
import type { BatchSampler } from "../../../src/data/samplers/sampler.ts";

/** Up to 119 rows in one to three columns, whose texts may be few or many, shared or not. */
export function randomDataset(random: Random): Dataset {
  const length = random.integer(120);
  const columns = 1 + random.integer(3);
  const texts = new Map<string, string[]>();
  for (let column = 0; column < columns; column++) {
    const distinct = 1 + random.integer(random.integer(2) === 0 ? 8 : 200);
    const shared = random.integer(2) === 0; // between the columns
    const values = Array.from(
      { length },
      () => `${shared ? "" : `${column}:`}${random.integer(distinct)}`,
    );
    texts.set(`column ${column}`, values);
  }
  return new Dataset({ name: `random ${random.uint32()}`, texts });
}

/** A dataset of numbered texts. */
export function numberedDataset(length: number, labels: number[] | null = null): Dataset {
  const texts = new Map([["text", Array.from({ length }, (_, row) => `text ${row}`)]]);
  return new Dataset({ name: "numbered", texts, labels });
}

/** The texts of a row. */
export function textsOf(dataset: Dataset, row: number): string[] {
  return dataset.columns.map((column) => dataset.text(column).at(row)!);
}

/** Batches as plain lists. */
export function lists(batches: readonly Uint32Array[]): number[][] {
  return batches.map((batch) => [...batch]);
}

/** `steps` counts the batches, none is empty or too large, no row comes twice, all exist. */
export function assertBatches(
  sampler: BatchSampler,
  epoch: number,
  { length, batchSize }: { length: number; batchSize: number },
): void {
  const steps = sampler.steps(epoch);
  const batches = sampler.batches(epoch);
  assertEquals(batches.length, steps);
  assert(batches.every((batch) => batch.length >= 1 && batch.length <= batchSize));
  const rows = batches.flatMap((batch) => [...batch]);
  assertEquals(new Set(rows).size, rows.length);
  assert(rows.every((row) => row >= 0 && row < length));
}

/** The same epoch has the same batches again, in another sampler too; other epochs and seeds differ. */
export function assertPure(create: (seed: number) => BatchSampler): void {
  const sampler = create(1);
  const batches = lists(sampler.batches(2));
  const other = lists(sampler.batches(3));
  assert(batches.length > 1);
  assertNotEquals(other, batches);
  assertEquals(lists(sampler.batches(2)), batches);
  assertEquals(lists(create(1).batches(2)), batches);
  assertNotEquals(lists(create(2).batches(2)), batches);
}
