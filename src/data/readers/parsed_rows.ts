/**
 * What every reader gives: rows as they stand in the file, and on which lines.
 *
 * @module
 */

/** The rows of a file, not yet checked for their columns. */
export interface ParsedRows {
  /** One object per row, from column name to value. */
  readonly rows: Record<string, unknown>[];
  /** The 1-based line on which each row starts. */
  readonly lineNumbers: number[];
}
