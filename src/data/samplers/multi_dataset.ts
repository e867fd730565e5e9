/**
 * Batches of several datasets; each batch is of one of them.
 *
 * @module
 */
import { UsageError } from "../../errors.ts";
import type { ConcatDataset } from "../concat_dataset.ts";
import type { Dataset } from "../dataset.ts";
import { checkedSampler } from "./checked_sampler.ts";
import { groupByLength } from "./group_by_length.ts";
import {
  createMultiDatasetOrder,
  type MultiDatasetSamplerFactory,
} from "./multi_dataset_orders.ts";
import { createBatchSampler } from "./names.ts";
import {
  type BatchSampler,
  type BatchSamplerFactory,
  samplerOf,
  type SamplerOptions,
} from "./sampler.ts";

/** How to sample from several datasets. */
export interface MultiDatasetOptions extends SamplerOptions {
  /**
   * How rows of one dataset are grouped into batches: a name of `batchSamplerNames`, or a function
   * that makes the sampler of a dataset.
   */
  readonly batchSampler: string | BatchSamplerFactory;
  /**
   * How batches of several follow each other: a name of `multiDatasetBatchSamplerNames`, or a function
   * of the datasets' samplers.
   */
  readonly multiDatasetBatchSampler: string | MultiDatasetSamplerFactory;
  /**
   * The length of every row of a dataset. If it is given, rows are grouped by length, and the batch
   * sampler must be `batch_sampler`.
   */
  readonly lengthsOf?: (dataset: Dataset) => ArrayLike<number>;
  /** Batches of an optimizer step, 1 by default; only grouping by length asks for it. */
  readonly accumulation?: number;
}

/**
 * Samples from datasets that are lined up: `proportional` draws the next batch's dataset by how many
 * batches are left of each, so that all batches are seen; `round_robin` takes one of each in turn, as
 * often as the shortest has one. Source: `sentence_transformers.sampler`.
 *
 * If an order of one's own names a dataset more often than it has batches, these start again with the
 * first.
 *
 * @param concat The datasets; indices of batches are those of the line.
 * @param options Batch size, seed and the two samplers.
 * @returns The sampler. Asking for an epoch throws a RangeError if a sampler or an order of one's own
 *   gave an index that does not exist, an empty batch, or another number of batches than it announced.
 * @throws {TypeError} If a function gave no sampler.
 * @throws {UsageError} If a name is unknown, if rows are to be grouped by length and by another rule,
 *   or if a batch sampler cannot use its dataset.
 * @throws {RangeError} If the batch size or the accumulation is not a positive integer.
 */
export function multiDatasetSampler(
  concat: ConcatDataset,
  options: MultiDatasetOptions,
): BatchSampler {
  const { batchSize, dropLast, seed } = options;
  const samplers = concat.datasets.map((dataset) => samplerFor(dataset, options));
  const orderOf = createMultiDatasetOrder(options.multiDatasetBatchSampler, samplers, {
    batchSize,
    dropLast,
    seed,
  });
  const { batches } = samplerOf(options, (epoch) => {
    const drawn = samplers.map((sampler) => sampler.batches(epoch));
    const next = samplers.map(() => 0);
    return Array.from(orderOf(epoch), (i) => {
      const batch = drawn[i][next[i]++ % drawn[i].length];
      const start = concat.starts[i];
      return start === 0 ? batch : batch.map((row) => row + start);
    });
  });
  const constantSteps = typeof options.multiDatasetBatchSampler === "string" &&
    samplers.every((sampler) => sampler.constantSteps === true);
  let constant: number | null = null;
  return {
    batches,
    steps: (epoch) => constantSteps ? constant ??= orderOf(epoch).length : orderOf(epoch).length,
    constantSteps,
  };
}

function samplerFor(dataset: Dataset, options: MultiDatasetOptions): BatchSampler {
  const { batchSize, dropLast, seed, batchSampler, lengthsOf, accumulation } = options;
  if (lengthsOf !== undefined) {
    if (batchSampler !== "batch_sampler") {
      const found = typeof batchSampler === "string" ? `"${batchSampler}"` : "one of your own";
      throw new UsageError(
        `Cannot group rows by length: batch_sampler is ${found}, wanted "batch_sampler", whose place ` +
          "group_by_length takes; unset one of the two",
      );
    }
    return groupByLength(dataset, { batchSize, dropLast, seed, lengthsOf, accumulation });
  }
  return typeof batchSampler === "string"
    ? createBatchSampler(batchSampler, dataset, { batchSize, dropLast, seed })
    : checkedSampler(batchSampler(dataset, { batchSize, dropLast, seed }), dataset);
}
