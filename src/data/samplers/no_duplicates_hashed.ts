/**
 * Batches in which no text occurs in two rows, told apart by hashes.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { distinctBatchSampler } from "./distinct_batch_sampler.ts";
import { hashedValues } from "./row_values.ts";
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
  return distinctBatchSampler(dataset, { ...options, valuesOf: hashedValues });
}
