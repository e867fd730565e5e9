/**
 * Files that state the types of their columns, and are read column by column.
 *
 * @module
 */
import type { ColumnType } from "../column_plan.ts";
import type { ParsedRows } from "./parsed_rows.ts";

/** A file whose description has been read; its rows are read once. */
export interface TableFile {
  /** What the columns hold, by name, in order. */
  readonly types: ReadonlyMap<string, ColumnType>;
  /** What the classes 0, 1, ... are called in columns that count classes, by name of the column. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
  /**
   * Reads the rows in order, some at a time.
   *
   * @param columns The columns to read, of texts or numbers.
   * @returns The rows, numbered from 1. Integers and booleans are numbers.
   * @throws {InputError} If the file is broken.
   */
  batches(columns: readonly string[]): AsyncIterable<ParsedRows>;
}
