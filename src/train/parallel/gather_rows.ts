/**
 * The rows of all ranks in the order in which one process would have them.
 *
 * @module
 */
import type { Communicator } from "../../distributed/communicator.ts";

/** Rows of all ranks. */
export interface GatheredRows {
  /** All columns one after the other, in each the rows of rank 0, then those of rank 1. */
  readonly data: Float32Array<ArrayBuffer>;
  /** How many rows of a column each rank has. */
  readonly rows: number[];
}

/**
 * Gathers what every rank has of each column.
 *
 * @param communicator The ranks.
 * @param own This rank's rows, one column after the other; may be none.
 * @param shape How many columns, and numbers of a row; the same on all ranks.
 * @returns The rows of all.
 */
export async function gatherRows(
  communicator: Communicator,
  own: Float32Array,
  { columns, width }: { columns: number; width: number },
): Promise<GatheredRows> {
  const all = await communicator.allGather(own);
  const rows = all.map(({ length }) => length / (columns * width));
  const data = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (let column = 0; column < columns; column++) {
    all.forEach((values, rank) => {
      const length = rows[rank] * width;
      data.set(values.subarray(column * length, (column + 1) * length), end);
      end += length;
    });
  }
  return { data, rows };
}

/**
 * Where the rows of a rank lie.
 *
 * @param of How many rows of a column each rank has, and how many columns there are.
 * @param rank The rank.
 * @returns For each column its first row and their number.
 */
export function placesOf(
  { rows, columns }: { rows: readonly number[]; columns: number },
  rank: number,
): { first: number; count: number }[] {
  const before = rows.slice(0, rank).reduce((sum, count) => sum + count, 0);
  const total = rows.reduce((sum, count) => sum + count, 0);
  return Array.from(
    { length: columns },
    (_, column) => ({ first: column * total + before, count: rows[rank] }),
  );
}
