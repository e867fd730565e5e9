/**
 * The default sampler: shuffled rows in batches of one size.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { countBatches, cutBatches } from "./cut_batches.ts";
import { rowOrder } from "./row_order.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/**
 * Shuffles all rows in every epoch and cuts them into batches; the last one may be short, or is left
 * out with `dropLast`. Source: `sentence_transformers.sampler.DefaultBatchSampler`.
 *
 * @param dataset The rows.
 * @param options Batch size, seed and whether short batches are left out.
 * @returns The sampler.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function batchSampler(dataset: Dataset, options: SamplerOptions): BatchSampler {
  const { batchSize, dropLast, seed } = options;
  const cut = { batchSize, smallest: dropLast ? batchSize : 1 };
  return samplerOf(
    options,
    (epoch) => cutBatches(rowOrder(dataset, seed, epoch), cut),
    countBatches(dataset.length, cut),
  );
}
