/**
 * The texts of one column, wherever they lie.
 *
 * @module
 */

/**
 * The texts of a column, one per row. An array is one; a streamed dataset has columns that read a text
 * from disk when it is asked for.
 */
export interface TextColumn {
  /** The number of rows. */
  readonly length: number;
  /**
   * The text of one row.
   *
   * @param row Its index; a negative one counts from the end.
   * @returns The text, or `undefined` if there is no such row.
   */
  at(row: number): string | undefined;
  /** The texts in the order of the rows; the fastest way to read all of them. */
  [Symbol.iterator](): Iterator<string>;
}
