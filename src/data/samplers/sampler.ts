/**
 * What a batch sampler is: the rows of every batch, as a pure function of seed, epoch and dataset.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";

/** Settings of every batch sampler. */
export interface SamplerOptions {
  /** Rows of a full batch, at least 1. */
  readonly batchSize: number;
  /** Whether to leave out batches that are not full. */
  readonly dropLast: boolean;
  /** Seed of the row order. */
  readonly seed: number;
}

/** Divides the rows of a dataset into batches, anew in every epoch. */
export interface BatchSampler {
  /**
   * The batches of an epoch. A resumed run asks again, and must get the same ones.
   *
   * @param epoch Counts from 0.
   * @returns Row indices of every batch, in order; no batch is empty. They must not be changed.
   */
  batches(epoch: number): readonly Uint32Array[];
  /**
   * The exact length of an epoch.
   *
   * @param epoch Counts from 0.
   * @returns The number of its batches.
   */
  steps(epoch: number): number;
  /**
   * True if every epoch has the same number of batches, and none needs to be drawn to count them: then
   * a run of very many epochs is planned at once. False by default.
   */
  readonly constantSteps?: boolean;
}

/** Makes a batch sampler for a dataset. */
export type BatchSamplerFactory = (dataset: Dataset, options: SamplerOptions) => BatchSampler;

/**
 * A sampler from a function that draws the batches of an epoch; it is called once for an epoch as long
 * as no other epoch is asked for.
 *
 * @param options Only the batch size is looked at.
 * @param draw The batches of an epoch.
 * @param steps Number of batches of every epoch, where it is known without drawing them.
 * @returns The sampler.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function samplerOf(
  { batchSize }: SamplerOptions,
  draw: (epoch: number) => Uint32Array[],
  steps?: number,
): BatchSampler {
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new RangeError(
      `Cannot sample batches: batchSize is ${batchSize}, wanted a positive integer`,
    );
  }
  let drawn: { epoch: number; batches: Uint32Array[] } | null = null;
  const batches = (epoch: number) => {
    if (drawn?.epoch !== epoch) drawn = { epoch, batches: draw(epoch) };
    return drawn.batches;
  };
  return {
    batches,
    steps: (epoch) => steps ?? batches(epoch).length,
    constantSteps: steps !== undefined,
  };
}
