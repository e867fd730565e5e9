/**
 * Cuts a line of rows into batches.
 *
 * @module
 */

/** How a line of rows is cut. */
export interface CutOptions {
  /** Rows of a full batch. */
  readonly batchSize: number;
  /** Fewest rows that the last batch may have, from 1; a smaller rest is left out. */
  readonly smallest: number;
}

/**
 * Cuts rows into batches of one size; the last one may be smaller.
 *
 * @param rows Shape [N]: row indices.
 * @param options Sizes of the batches.
 * @returns The batches, as views of `rows`.
 */
export function cutBatches(rows: Uint32Array, options: CutOptions): Uint32Array[] {
  const { batchSize } = options;
  return Array.from(
    { length: countBatches(rows.length, options) },
    (_, i) => rows.subarray(i * batchSize, (i + 1) * batchSize),
  );
}

/**
 * The number of batches that rows are cut into.
 *
 * @param length Number of rows.
 * @param options Sizes of the batches.
 * @returns The length of {@linkcode cutBatches} of so many rows.
 */
export function countBatches(length: number, { batchSize, smallest }: CutOptions): number {
  return Math.floor(length / batchSize) + (length % batchSize >= smallest ? 1 : 0);
}
