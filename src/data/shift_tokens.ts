/**
 * What a decoder reads and what it is to say.
 *
 * @module
 */
import type { PackedBatch } from "./collator.ts";

/** Token ids to read, and for each of them the one that follows it. */
export interface ShiftedBatch {
  /** Each sequence without its last token: T tokens. */
  readonly batch: PackedBatch;
  /** [T]: the id after each of them. */
  readonly targets: Float32Array<ArrayBuffer>;
}

/**
 * Pairs every token of a batch with the one after it in its sequence.
 *
 * @param batch Sequences; those of fewer than two tokens become empty.
 * @returns The sequences without their last tokens, and what follows each token.
 */
export function shiftTokens(batch: PackedBatch): ShiftedBatch {
  const { ids, positions, sequenceStarts } = batch;
  const starts = new Uint32Array(sequenceStarts.length);
  const rows: number[] = [];
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    for (let row = sequenceStarts[s]; row + 1 < sequenceStarts[s + 1]; row++) rows.push(row);
    starts[s + 1] = rows.length;
  }
  const shorter = {
    ...batch,
    ids: Uint32Array.from(rows, (row) => ids[row]),
    positions: Uint32Array.from(rows, (row) => positions[row]),
    sequenceStarts: starts,
  };
  return { batch: shorter, targets: Float32Array.from(rows, (row) => ids[row + 1]) };
}
