/**
 * Which rows of a batch of all ranks a rank takes.
 *
 * @module
 */
import { shareOf } from "../../distributed/share_of.ts";

/** Rows of one rank. */
export interface RankRows {
  /** Indices of rows. */
  readonly rows: Uint32Array;
  /** Their share of the batch: what the mean over them counts in the mean over all. */
  readonly weight: number;
}

/**
 * Takes a rank's share: of a full batch of n times B rows, rank r has those from r B on; of a smaller one
 * the ranks have as many each as can be, and differ by one row at most. Where there are fewer rows than
 * ranks, a rank without any takes the first with weight 0, so that it makes the same calls as the others.
 *
 * @param batch Rows of all ranks together, at least one.
 * @param place Which rank of how many.
 * @returns Its rows.
 */
export function rankRows(batch: Uint32Array, place: { rank: number; size: number }): RankRows {
  const { start, end } = shareOf(batch.length, place);
  return end > start
    ? { rows: batch.subarray(start, end), weight: (end - start) / batch.length }
    : { rows: batch.subarray(0, 1), weight: 0 };
}
