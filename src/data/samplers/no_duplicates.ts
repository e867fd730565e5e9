/**
 * Batches in which no text occurs in two rows.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { MinHeap } from "./min_heap.ts";
import { rowOrder } from "./row_order.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/**
 * Fills every batch with the first remaining rows, in shuffled order, that share no text with a row
 * already in it, in whichever columns. For losses that take the other rows of a batch as negatives: a
 * second row with the same positive would be a false one. Rows that must wait come first in the next
 * batch. A pass over the remaining rows that cannot fill a batch ends it early, or drops its rows with
 * `dropLast`; with texts that occur more often than there are batches, many batches at the end of an
 * epoch are short.
 *
 * Same batches as sentence-transformers' `NoDuplicatesBatchSampler` for the same row order, but in time
 * that does not grow with the number of waiting rows times the number of batches.
 *
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function noDuplicates(dataset: Dataset, options: SamplerOptions): BatchSampler {
  const { batchSize, dropLast, seed } = options;
  let values: RowValues | null = null;
  return samplerOf(options, (epoch) => {
    values ??= rowValues(dataset);
    const remaining = new RemainingRows(values, rowOrder(dataset, seed, epoch));
    const batches: Uint32Array[] = [];
    while (!remaining.empty) {
      const batch = remaining.nextBatch(batchSize);
      if (batch.length === batchSize || !dropLast) batches.push(batch);
    }
    return batches;
  });
}

/** The texts of every row as numbers: row r has `ids[r * width]` to `ids[(r + 1) * width - 1]`. */
interface RowValues {
  readonly ids: Uint32Array;
  readonly width: number;
  readonly distinct: number;
}

function rowValues(dataset: Dataset): RowValues {
  const width = dataset.columns.length;
  const ids = new Uint32Array(dataset.length * width);
  const known = new Map<string, number>();
  dataset.columns.forEach((column, index) => {
    dataset.text(column).forEach((text, row) => {
      let id = known.get(text);
      if (id === undefined) known.set(text, id = known.size);
      ids[row * width + index] = id;
    });
  });
  return { ids, width, distinct: known.size };
}

/**
 * The rows that are in no batch yet, by their place in the shuffled order. A row that was refused waits
 * in the queue of the value it was refused for. Of a queue, only the first row is a candidate: until
 * that one is taken or found to be in the way of another value, the rest need no look.
 */
class RemainingRows {
  readonly #values: RowValues;
  readonly #order: Uint32Array;
  /** Places before this one were looked at. */
  #next = 0;
  #waiting = 0;
  readonly #queues: (MinHeap | undefined)[];
  /** Places of the rows to be looked at again, at least the first of every queue. */
  readonly #candidates = new MinHeap();
  /** By place: the value in whose queue the row waits. */
  readonly #refusedFor: Uint32Array;
  /** By value: the last batch that has it, counted from 1. */
  readonly #lastBatch: Uint32Array;
  #batch = 0;

  constructor(values: RowValues, order: Uint32Array) {
    this.#values = values;
    this.#order = order;
    this.#queues = new Array(values.distinct);
    this.#refusedFor = new Uint32Array(order.length);
    this.#lastBatch = new Uint32Array(values.distinct);
  }

  get empty(): boolean {
    return this.#waiting === 0 && this.#next === this.#order.length;
  }

  nextBatch(batchSize: number): Uint32Array {
    this.#batch++;
    const rows: number[] = [];
    while (rows.length < batchSize && this.#candidates.size > 0) {
      const place = this.#candidates.pop();
      if (this.#takeWaiting(place)) rows.push(this.#order[place]);
    }
    while (rows.length < batchSize && this.#next < this.#order.length) {
      const place = this.#next++;
      const value = this.#take(place);
      if (value === null) rows.push(this.#order[place]);
      else this.#wait(place, value);
    }
    for (const row of rows) {
      const { ids, width } = this.#values;
      for (let i = row * width; i < (row + 1) * width; i++) this.#nominate(ids[i]);
    }
    return Uint32Array.from(rows);
  }

  /** Looks at a candidate again; it goes into the batch or back into a queue. */
  #takeWaiting(place: number): boolean {
    this.#waiting--;
    const queue = this.#refusedFor[place];
    const value = this.#take(place);
    if (value === null) return true;
    this.#wait(place, value);
    const isInBatch = this.#lastBatch[queue] === this.#batch;
    if (!isInBatch) this.#nominate(queue); // the next one of its queue may fit
    return false;
  }

  /** Puts a row into the batch, or says which of its values the batch already has. */
  #take(place: number): number | null {
    const { ids, width } = this.#values;
    const start = this.#order[place] * width;
    for (let i = start; i < start + width; i++) {
      if (this.#lastBatch[ids[i]] === this.#batch) return ids[i];
    }
    for (let i = start; i < start + width; i++) this.#lastBatch[ids[i]] = this.#batch;
    return null;
  }

  #wait(place: number, value: number): void {
    this.#waiting++;
    this.#refusedFor[place] = value;
    (this.#queues[value] ??= new MinHeap()).push(place);
  }

  /** Makes the first row of a queue a candidate. */
  #nominate(value: number): void {
    const queue = this.#queues[value];
    if (queue !== undefined && queue.size > 0) this.#candidates.push(queue.pop());
  }
}
