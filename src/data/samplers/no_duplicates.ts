/**
 * Batches in which no text occurs in two rows.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { distinctBatchSampler } from "./distinct_batch_sampler.ts";
import { textValues } from "./row_values.ts";
import type { BatchSampler, SamplerOptions } from "./sampler.ts";

/**
 * Batches in which no text occurs in two rows, in whichever columns; {@linkcode distinctBatchSampler}
 * has the rule. For losses that take the other rows of a batch as negatives: a second row with the same
 * positive would be a false one.
 *
 * Texts are compared as they are, and the distinct ones stay in memory from the first epoch on: at most
 * 2^24 of them. `no_duplicates_hashed` keeps numbers instead.
 *
 * @param dataset The rows; their labels may be equal.
 * @param options Batch size, seed and whether short batches are left out.
 * @returns The sampler.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function noDuplicates(dataset: Dataset, options: SamplerOptions): BatchSampler {
  return distinctBatchSampler(dataset, { ...options, valuesOf: textValues });
}
