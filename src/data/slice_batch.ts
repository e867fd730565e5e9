/**
 * A part of a packed batch.
 *
 * @module
 */
import type { PackedBatch } from "./collator.ts";

/** A run of sequences of a batch. */
export interface SequenceRange {
  /** The first sequence. */
  readonly first: number;
  /** How many. */
  readonly count: number;
}

/**
 * Cuts a batch into runs of sequences, in order.
 *
 * @param batch The batch.
 * @param limits The most sequences of a part and, if it is not null, the most tokens; a longer sequence
 *   is a part of its own.
 * @returns The parts.
 */
export function cutBatch(
  { sequenceStarts }: PackedBatch,
  { miniBatchSize, miniBatchTokens }: { miniBatchSize: number; miniBatchTokens: number | null },
): SequenceRange[] {
  const parts: { first: number; count: number }[] = [];
  const most = miniBatchTokens ?? Infinity;
  for (let sequence = 0; sequence + 1 < sequenceStarts.length; sequence++) {
    const part = parts.at(-1);
    const fits = part !== undefined && part.count < miniBatchSize &&
      sequenceStarts[sequence + 1] - sequenceStarts[part.first] <= most;
    if (fits) part.count++;
    else parts.push({ first: sequence, count: 1 });
  }
  return parts;
}

/**
 * Takes some sequences out of a batch, as one column without labels.
 *
 * @param batch The batch.
 * @param range Which sequences.
 * @returns A batch of them; its tokens are views.
 */
export function sliceBatch(batch: PackedBatch, { first, count }: SequenceRange): PackedBatch {
  const starts = batch.sequenceStarts.slice(first, first + count + 1);
  const [begin, end] = [starts[0], starts[count]];
  const promptLengths = batch.promptLengths?.slice(first, first + count);
  return {
    ...batch,
    ...(promptLengths !== undefined && { promptLengths }),
    ids: batch.ids.subarray(begin, end),
    positions: batch.positions.subarray(begin, end),
    sequenceStarts: starts.map((start) => start - begin),
    columns: [{ name: "part", first: 0, count }],
    labels: null,
  };
}
