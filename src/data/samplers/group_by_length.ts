/**
 * Batches of rows of similar length.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { countBatches, cutBatches } from "./cut_batches.ts";
import { rowOrder } from "./row_order.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/** How rows are grouped by length. */
export interface GroupByLengthOptions extends SamplerOptions {
  /** The length of every row, in tokens or any other unit; asked for once, when first needed. */
  readonly lengthsOf: (dataset: Dataset) => ArrayLike<number>;
  /** Batches of an optimizer step, 1 by default; they are to be of similar length too. */
  readonly accumulation?: number;
}

/** A mega-batch has at most so many steps' rows. */
const MOST_STEPS = 50;
/** An epoch has at least so many mega-batches, if it has so many steps. */
const FEWEST_MEGA_BATCHES = 4;

/**
 * Shuffles all rows in every epoch and cuts them into mega-batches, of which each is sorted from the
 * longest row to the shortest; the line of mega-batches is cut into batches. So the rows of a batch
 * are of similar length, and yet each epoch has other batches. The longest row of all changes places
 * with the very first, so that memory that does not suffice shows at once.
 *
 * With s = batchSize * accumulation rows a step, a mega-batch has s * max(1, min(floor(rows / 4s), 50))
 * rows; rows of equal length keep their shuffled order. Source: `LengthGroupedSampler` of transformers.
 *
 * @param dataset The rows.
 * @param options Batch size, seed, lengths and whether a short last batch is left out.
 * @returns The sampler. Drawing batches throws a RangeError if there is not one finite length a row.
 * @throws {RangeError} If the batch size or the accumulation is not a positive integer.
 */
export function groupByLength(dataset: Dataset, options: GroupByLengthOptions): BatchSampler {
  const { batchSize, dropLast, seed, lengthsOf, accumulation = 1 } = options;
  if (!Number.isInteger(accumulation) || accumulation < 1) {
    throw new RangeError(
      `Cannot group rows by length: accumulation is ${accumulation}, wanted a positive integer`,
    );
  }
  const cut = { batchSize, smallest: dropLast ? batchSize : 1 };
  const step = batchSize * accumulation;
  const steps = Math.floor(dataset.length / (step * FEWEST_MEGA_BATCHES));
  const megaBatch = step * Math.max(1, Math.min(steps, MOST_STEPS));
  let lengths: ArrayLike<number> | null = null;
  return samplerOf(
    options,
    (epoch) => {
      lengths ??= checkedLengths(dataset, lengthsOf(dataset));
      return cutBatches(sorted(rowOrder(dataset, seed, epoch), lengths, megaBatch), cut);
    },
    countBatches(dataset.length, cut),
  );
}

function checkedLengths(dataset: Dataset, lengths: ArrayLike<number>): ArrayLike<number> {
  const wanted = `Cannot group dataset "${dataset.name}" by length`;
  if (lengths.length !== dataset.length) {
    throw new RangeError(`${wanted}: found ${lengths.length} lengths, wanted ${dataset.length}`);
  }
  for (let row = 0; row < lengths.length; row++) {
    if (!Number.isFinite(lengths[row])) {
      throw new RangeError(`${wanted}: the length of row ${row} is ${lengths[row]}`);
    }
  }
  return lengths;
}

/** Sorts mega-batch by mega-batch, then puts the longest row first. */
function sorted(order: Uint32Array, lengths: ArrayLike<number>, megaBatch: number): Uint32Array {
  const rows = new Uint32Array(order.length);
  let longest = 0;
  for (let start = 0; start < rows.length; start += megaBatch) {
    const end = Math.min(start + megaBatch, rows.length);
    const places = Uint32Array.from({ length: end - start }, (_, i) => start + i);
    places.sort((a, b) => lengths[order[b]] - lengths[order[a]] || a - b);
    places.forEach((place, i) => rows[start + i] = order[place]);
    if (lengths[rows[start]] > lengths[rows[longest]]) longest = start;
  }
  if (rows.length > 0) [rows[0], rows[longest]] = [rows[longest], rows[0]];
  return rows;
}
