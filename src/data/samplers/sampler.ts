/**
 * What a batch sampler is: the rows of every batch, as a pure function of seed, epoch and dataset.
 *
 * @module
 */

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
  /** Row indices of every batch of an epoch, in order; epochs count from 0. */
  batches(epoch: number): readonly Uint32Array[];
  /** Number of batches of an epoch. */
  steps(epoch: number): number;
}

/**
 * A sampler from a function that draws the batches of an epoch; it is called once for an epoch as long
 * as no other epoch is asked for.
 *
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function samplerOf(
  { batchSize }: SamplerOptions,
  draw: (epoch: number) => Uint32Array[],
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
  return { batches, steps: (epoch) => batches(epoch).length };
}
