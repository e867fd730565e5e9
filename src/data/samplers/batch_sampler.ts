/**
 * The default sampler: shuffled rows in batches of one size.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { rowOrder } from "./row_order.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/**
 * Shuffles all rows in every epoch and cuts them into batches; the last one may be short, or is left
 * out with `dropLast`.
 *
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function batchSampler(dataset: Dataset, options: SamplerOptions): BatchSampler {
  const { batchSize, dropLast, seed } = options;
  return samplerOf(options, (epoch) => {
    const order = rowOrder(dataset, seed, epoch);
    const batches: Uint32Array[] = [];
    for (let start = 0; start < order.length; start += batchSize) {
      const batch = order.subarray(start, start + batchSize);
      if (batch.length === batchSize || !dropLast) batches.push(batch);
    }
    return batches;
  });
}
