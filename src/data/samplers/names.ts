/**
 * The batch samplers by the names that arguments give them.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { Dataset } from "../dataset.ts";
import { batchSampler } from "./batch_sampler.ts";
import { groupByLabel } from "./group_by_label.ts";
import { noDuplicates } from "./no_duplicates.ts";
import { noDuplicatesHashed } from "./no_duplicates_hashed.ts";
import type { BatchSampler, BatchSamplerFactory, SamplerOptions } from "./sampler.ts";

/** Every batch sampler; a new one is added here. */
export const batchSamplers = {
  batch_sampler: batchSampler as BatchSamplerFactory,
  no_duplicates: noDuplicates as BatchSamplerFactory,
  no_duplicates_hashed: noDuplicatesHashed as BatchSamplerFactory,
  group_by_label: groupByLabel as BatchSamplerFactory,
};

/** The upstream name of a batch sampler. */
export type BatchSamplerName = keyof typeof batchSamplers;

/** The names of all batch samplers. */
export const batchSamplerNames: readonly BatchSamplerName[] = Object.keys(
  batchSamplers,
) as BatchSamplerName[];

/**
 * Creates a batch sampler by name.
 *
 * @param name One of {@linkcode batchSamplerNames}.
 * @param dataset The rows.
 * @param options Batch size, seed and whether short batches are left out.
 * @returns The sampler.
 * @throws {UsageError} If the name is unknown; the message lists the known ones. If the sampler cannot
 *   use the dataset or the batch size.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function createBatchSampler(
  name: string,
  dataset: Dataset,
  options: SamplerOptions,
): BatchSampler {
  if (!Object.hasOwn(batchSamplers, name)) {
    const known = batchSamplerNames.map((known) => `"${known}"`).join(", ");
    const guess = nearest(name, batchSamplerNames);
    throw new UsageError(
      `Cannot create batch sampler "${name}": known are ${known}` +
        (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  }
  return batchSamplers[name as BatchSamplerName](dataset, options);
}
