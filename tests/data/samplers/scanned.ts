/** The rule of batches without duplicates, in the plainest way. */
import type { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";
import type { SamplerOptions } from "../../../src/data/samplers/sampler.ts";

/** Scans all remaining rows for every batch. */
export function scan(
  order: Iterable<number>,
  batchSize: number,
  valuesOf: (row: number) => readonly unknown[],
): number[][] {
  let remaining = [...order];
  const batches: number[][] = [];
  while (remaining.length > 0) {
    const seen = new Set<unknown>();
    const batch: number[] = [];
    const waiting: number[] = [];
    for (const row of remaining) {
      const values = valuesOf(row);
      if (batch.length === batchSize || values.some((value) => seen.has(value))) {
        waiting.push(row);
      } else {
        batch.push(row);
        values.forEach((value) => seen.add(value));
      }
    }
    batches.push(batch);
    remaining = waiting;
  }
  return batches;
}

/** The batches of an epoch; with `dropLast`, up to eight passes over what is left out. */
export function scannedBatches(
  dataset: Dataset,
  { batchSize, dropLast, seed }: SamplerOptions,
  epoch: number,
): number[][] {
  const valuesOf = (row: number) => dataset.columns.map((column) => dataset.text(column).at(row)!);
  const batches: number[][] = [];
  let rows = [...rowOrder(dataset, seed, epoch)];
  for (let pass = 1; pass <= 8; pass++) {
    const found = scan(rows, batchSize, valuesOf);
    const kept = found.filter(({ length }) => length === batchSize || !dropLast);
    batches.push(...kept);
    if (kept.length === found.length || kept.length === 0) break;
    const left = found.filter((batch) => !kept.includes(batch)).flat();
    rows = new Random(seed, epoch, dataset.name, pass).shuffle(left);
  }
  return batches;
}
