/**
 * The rule of batches without duplicates, whatever tells which texts are equal.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { DispatchedDataset } from "../dispatched_dataset.ts";
import { Random } from "../random.ts";
import { type ComparedRows, RemainingRows, type RowValues } from "./remaining_rows.ts";
import { rowKinds } from "./row_kinds.ts";
import { rowOrder } from "./row_order.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/** How batches without duplicates are made. */
export interface DistinctBatchOptions extends SamplerOptions {
  /** Which texts of a dataset are equal; asked for once, when first needed. */
  readonly valuesOf: (dataset: Dataset) => RowValues;
}

/** Most passes over the rows of an epoch, so that time stays linear. */
const MOST_PASSES = 8;

/**
 * Fills every batch with the first remaining rows, in shuffled order, that share no text with a row
 * already in it, in whichever columns. Rows that must wait come first in the next batch. A scan of the
 * remaining rows that cannot fill a batch ends it early. With texts that occur more often than there
 * are batches, many batches at the end of an epoch are short.
 *
 * With `dropLast`, short batches are left out. Their rows are then shuffled and gone through in the
 * same way, until a pass fills no batch, at most eight times in all; what is left over waits for the
 * next epoch. Upstream shuffles all rows again instead and shows some twice, up to the length that it
 * had announced (pull request 3946). Here the length is counted, not estimated, and no row is repeated.
 *
 * Source: `sentence_transformers.sampler.NoDuplicatesBatchSampler`; for the same row order, the first
 * pass gives the same batches, in time that does not grow with the number of waiting rows times the
 * number of batches.
 *
 * @param dataset The rows.
 * @param options Batch size, seed, whether short batches are left out, and what is equal.
 * @returns The sampler.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function distinctBatchSampler(
  dataset: Dataset,
  options: DistinctBatchOptions,
): BatchSampler {
  const { seed, valuesOf } = options;
  let values: ComparedRows | null = null;
  return samplerOf(options, (epoch) => {
    const known = dataset instanceof DispatchedDataset ? dataset.facts.values : null;
    values ??= compared(known ?? valuesOf(dataset));
    const batches: Uint32Array[] = [];
    let rows: Uint32Array = rowOrder(dataset, seed, epoch);
    for (let pass = 1; pass <= MOST_PASSES; pass++) {
      const before = batches.length;
      const left = onePass(new RemainingRows(values, rows), options, batches);
      if (left.length === 0 || batches.length === before) break;
      rows = new Random(seed, epoch, dataset.name, pass).shuffle(left);
    }
    return batches;
  });
}

function compared(values: RowValues): ComparedRows {
  return { ...values, ...rowKinds(values.ids, values.width) };
}

/** Adds the batches of a pass, and returns the rows of those that are left out. */
function onePass(
  remaining: RemainingRows,
  { batchSize, dropLast }: SamplerOptions,
  batches: Uint32Array[],
): Uint32Array {
  const left = new Uint32Array(dropLast ? remaining.size : 0);
  let count = 0;
  while (remaining.size > 0) {
    const batch = remaining.nextBatch(batchSize);
    if (batch.length === batchSize || !dropLast) {
      batches.push(batch);
    } else {
      left.set(batch, count);
      count += batch.length;
    }
  }
  return left.subarray(0, count);
}
