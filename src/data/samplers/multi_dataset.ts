/**
 * In which order the batches of several datasets follow each other; each batch is of one dataset.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { ConcatDataset } from "../concat_dataset.ts";
import { Random } from "../random.ts";
import { createBatchSampler } from "./names.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/** For the number of batches of each dataset, which dataset each batch of an epoch is from. */
type Order = (steps: readonly number[], random: Random) => number[];

const ORDERS: Readonly<Record<string, Order>> = {
  proportional: (steps, random) =>
    random.shuffle(steps.flatMap((count, i) => new Array<number>(count).fill(i))),
  round_robin: (steps) =>
    Array.from({ length: Math.min(...steps) }, () => steps.map((_, i) => i)).flat(),
};

/** The upstream names of the orders. */
export const multiDatasetBatchSamplerNames: readonly string[] = Object.keys(ORDERS);

/** How to sample from several datasets. */
export interface MultiDatasetOptions extends SamplerOptions {
  /** How rows of one dataset are grouped into batches. */
  readonly batchSampler: string;
  /** How batches of several follow each other. */
  readonly multiDatasetBatchSampler: string;
}

/**
 * Samples from datasets that are lined up: `proportional` draws the next batch's dataset by how many
 * batches are left of each, so that all rows are seen; `round_robin` takes one of each in turn until the
 * first has none left. Source: `sentence_transformers.sampler`.
 *
 * @param concat The datasets; indices of batches are those of the line.
 * @param options Batch size, seed and the two samplers.
 * @returns The sampler.
 * @throws {UsageError} If a name is unknown.
 */
export function multiDatasetSampler(
  concat: ConcatDataset,
  options: MultiDatasetOptions,
): BatchSampler {
  const { multiDatasetBatchSampler: name, seed } = options;
  if (!Object.hasOwn(ORDERS, name)) {
    const guess = nearest(name, multiDatasetBatchSamplerNames);
    throw new UsageError(
      `Cannot create multi-dataset batch sampler "${name}": known are ${
        multiDatasetBatchSamplerNames.map((known) => `"${known}"`).join(", ")
      }${guess === null ? "" : `; the nearest is "${guess}"`}`,
    );
  }
  const samplers = concat.datasets.map((dataset) =>
    createBatchSampler(options.batchSampler, dataset, options)
  );
  return samplerOf(options, (epoch) => {
    const batches = samplers.map((sampler) => sampler.batches(epoch));
    const next = samplers.map(() => 0);
    const order = ORDERS[name](
      batches.map(({ length }) => length),
      new Random(seed, epoch, "multi-dataset order"),
    );
    return order.map((i) => batches[i][next[i]++].map((row) => row + concat.starts[i]));
  });
}
