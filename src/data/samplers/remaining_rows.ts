/**
 * The bookkeeping behind batches without duplicates.
 *
 * @module
 */

import { MinHeap } from "./min_heap.ts";
import type { RowKinds } from "./row_kinds.ts";

/** The texts of every row as numbers, equal ones for equal texts. */
export interface RowValues {
  /** Shape [rows * width]: row r has `ids[r * width]` to `ids[(r + 1) * width - 1]`. */
  readonly ids: Uint32Array;
  /** Texts of a row. */
  readonly width: number;
  /** Number of distinct texts; ids lie below it. */
  readonly distinct: number;
}

/** The texts of every row, and which rows have the same ones. */
export type ComparedRows = RowValues & RowKinds;

/**
 * Rows that are in no batch yet, by their place in a given order. Gives the same batches as a scan
 * over all of them for every batch, but looks at few: a row that was refused waits in the queue of the
 * value it was refused for. Of a queue, only the first row is a candidate: until that one is taken or
 * found to be in the way of another value, the rest need no look. Of rows with the same texts, only the
 * first is in a queue at all.
 *
 * Without the latter, time grew with the square of the rows where three columns shared 30 texts. It
 * still grows faster than the rows where three columns or more have only some hundred texts each and
 * a batch has room for nearly all of them.
 */
export class RemainingRows {
  readonly #values: ComparedRows;
  readonly #order: Uint32Array;
  /** Rows of all batches so far, one batch after the other. */
  readonly #taken: Uint32Array;
  #takenCount = 0;
  /** Places before this one were looked at. */
  #next = 0;
  readonly #queues: (MinHeap | undefined)[];
  /** Places of the rows to be looked at again, at least the first of every queue. */
  readonly #candidates = new MinHeap();
  /** By place: the value in whose queue the row waits. */
  readonly #refusedFor: Uint32Array;
  /** By place: one more than the next place of its kind that was looked at, or 0. */
  readonly #nextOfKind: Uint32Array;
  /** By kind: one more than the last such place that is in no batch, or 0. */
  readonly #lastOfKind: Uint32Array;
  /** By value: the last batch that has it, counted from 1. */
  readonly #lastBatch: Uint32Array;
  #batch = 0;

  /**
   * No row is in a batch yet.
   *
   * @param values The texts of all rows of the dataset.
   * @param order The rows to make batches of, each at most once.
   */
  constructor(values: ComparedRows, order: Uint32Array) {
    this.#values = values;
    this.#order = order;
    this.#taken = new Uint32Array(order.length);
    this.#queues = new Array(values.distinct);
    this.#refusedFor = new Uint32Array(order.length);
    this.#nextOfKind = new Uint32Array(order.length);
    this.#lastOfKind = new Uint32Array(values.count);
    this.#lastBatch = new Uint32Array(values.distinct);
  }

  /** Number of rows that are in no batch yet. */
  get size(): number {
    return this.#order.length - this.#takenCount;
  }

  /**
   * Takes the next batch: of the remaining rows, in order, every one that shares no text with a row
   * taken before it, until the batch is full.
   *
   * @param batchSize Rows of a full batch.
   * @returns Its rows; fewer than `batchSize` if the remaining rows do not suffice.
   */
  nextBatch(batchSize: number): Uint32Array {
    this.#batch++;
    const start = this.#takenCount;
    const full = start + batchSize;
    while (this.#takenCount < full && this.#candidates.size > 0) {
      this.#lookAgain(this.#candidates.pop());
    }
    while (this.#takenCount < full && this.#next < this.#order.length) {
      this.#look(this.#next++);
    }
    const rows = this.#taken.subarray(start, this.#takenCount);
    const { ids, width } = this.#values;
    for (const row of rows) {
      for (let i = row * width; i < (row + 1) * width; i++) this.#nominate(ids[i]);
    }
    return rows;
  }

  /** A row that was not looked at before goes into the batch, into a queue or behind its kind. */
  #look(place: number): void {
    const kind = this.#values.kinds[this.#order[place]];
    const last = this.#lastOfKind[kind];
    if (last === 0) {
      const value = this.#take(place);
      if (value === null) return;
      this.#wait(place, value);
    } else {
      this.#nextOfKind[last - 1] = place + 1;
    }
    this.#lastOfKind[kind] = place + 1;
  }

  /** A candidate goes into the batch, and the next of its kind into a queue; or back into one. */
  #lookAgain(place: number): void {
    const queue = this.#refusedFor[place];
    const value = this.#take(place);
    if (value === null) {
      const next = this.#nextOfKind[place];
      if (next > 0) this.#wait(next - 1, queue);
      else this.#lastOfKind[this.#values.kinds[this.#order[place]]] = 0;
      return;
    }
    this.#wait(place, value);
    const isInBatch = this.#lastBatch[queue] === this.#batch;
    if (!isInBatch) this.#nominate(queue); // the next one of its queue may fit
  }

  /** Puts a row into the batch, or says which of its values the batch already has. */
  #take(place: number): number | null {
    const { ids, width } = this.#values;
    const row = this.#order[place];
    const start = row * width;
    const end = start + width;
    for (let i = start; i < end; i++) {
      if (this.#lastBatch[ids[i]] === this.#batch) return ids[i];
    }
    for (let i = start; i < end; i++) this.#lastBatch[ids[i]] = this.#batch;
    this.#taken[this.#takenCount++] = row;
    return null;
  }

  #wait(place: number, value: number): void {
    this.#refusedFor[place] = value;
    (this.#queues[value] ??= new MinHeap()).push(place);
  }

  /** Makes the first row of a queue a candidate. */
  #nominate(value: number): void {
    const queue = this.#queues[value];
    if (queue !== undefined && queue.size > 0) this.#candidates.push(queue.pop());
  }
}
