/**
 * Batches in which no text occurs in two rows, told apart by hashes.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { distinctBatchSampler } from "./distinct_batch_sampler.ts";
import { hash64 } from "./hash64.ts";
import type { RowValues } from "./remaining_rows.ts";
import type { BatchSampler, SamplerOptions } from "./sampler.ts";

/**
 * As `no_duplicates`, but compares hashes of 64 bits instead of texts and keeps no text: for data
 * that is read from disk. Every column is read once, when the first epoch is drawn. That takes 20
 * bytes a text, 8 of them for its hash; from then on, 4 bytes a text and 4 a row are kept.
 *
 * The batches are those of `no_duplicates`, unless two texts have the same hash ({@linkcode hash64} says
 * how likely that is); then their rows are merely kept apart as if the texts were equal.
 *
 * @param dataset The rows; their labels may be equal.
 * @param options Batch size, seed and whether short batches are left out.
 * @returns The sampler.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function noDuplicatesHashed(dataset: Dataset, options: SamplerOptions): BatchSampler {
  return distinctBatchSampler(dataset, { ...options, valuesOf });
}

/** Numbers the distinct hashes, by a table of open addresses that is at most half full. */
function valuesOf(dataset: Dataset): RowValues {
  const width = dataset.columns.length;
  const count = dataset.length * width;
  const ids = new Uint32Array(count);
  const hashes = new Uint32Array(2 * count);
  /** For every address one more than the place of the first text that has it, or 0. */
  const table = new Uint32Array(2 * count);
  let distinct = 0;
  dataset.columns.forEach((column, index) => {
    let at = index;
    for (const text of dataset.text(column)) {
      hash64(text, hashes, { index: at });
      const [low, high] = [hashes[2 * at], hashes[2 * at + 1]];
      let address = Math.floor(low / 2 ** 32 * table.length);
      let first = table[address];
      while (first > 0 && (hashes[2 * first - 2] !== low || hashes[2 * first - 1] !== high)) {
        address = address + 1 === table.length ? 0 : address + 1;
        first = table[address];
      }
      if (first === 0) table[address] = at + 1;
      ids[at] = first === 0 ? distinct++ : ids[first - 1];
      at += width;
    }
  });
  return { ids, width, distinct };
}
