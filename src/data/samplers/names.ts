/**
 * The batch samplers by the names that arguments give them.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { Dataset } from "../dataset.ts";
import { batchSampler } from "./batch_sampler.ts";
import { noDuplicates } from "./no_duplicates.ts";
import type { BatchSampler, SamplerOptions } from "./sampler.ts";

/** Makes a batch sampler for a dataset. */
export type BatchSamplerFactory = (dataset: Dataset, options: SamplerOptions) => BatchSampler;

/** Every batch sampler; a new one is added here. */
export const batchSamplers = {
  batch_sampler: batchSampler as BatchSamplerFactory,
  no_duplicates: noDuplicates as BatchSamplerFactory,
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
 * @throws {UsageError} If the name is unknown; the message lists the known ones.
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
