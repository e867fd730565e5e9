/**
 * Several files that hold the parts of one table.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { ColumnType } from "../column_plan.ts";
import type { ParsedRows } from "./parsed_rows.ts";
import type { TableFile } from "./table_file.ts";

/** A part of a table. */
export interface TablePart {
  /** The name of the file, for messages. */
  readonly path: string;
  /** The file. */
  readonly table: TableFile;
}

/** One table after the other. */
export class JoinedTables implements TableFile {
  /** What the columns hold: those of the first part. */
  readonly types: ReadonlyMap<string, ColumnType>;
  /** What classes are called: as in the first part. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
  readonly #parts: readonly TablePart[];

  /**
   * Checks that the parts fit.
   *
   * @param parts The parts, in order; at least one.
   * @throws {InputError} If one lacks a column of the first, or has it of another type.
   */
  constructor(parts: readonly TablePart[]) {
    const [first] = parts;
    this.types = first.table.types;
    this.classNames = first.table.classNames;
    this.#parts = parts;
    for (const { path, table } of parts) {
      for (const [column, { name }] of this.types) {
        const found = table.types.get(column);
        if (found?.name === name) continue;
        throw new InputError(
          `Cannot read ${path}: ${
            found === undefined
              ? `column "${column}" is missing`
              : `the type of column "${column}" is ${found.name}`
          }, wanted ${name} as in ${first.path}`,
        );
      }
    }
  }

  /**
   * Reads the rows of all parts in order.
   *
   * @param columns The columns to read.
   * @returns Some rows at a time, numbered on from part to part.
   * @throws {InputError} If a part is broken.
   */
  async *batches(columns: readonly string[]): AsyncGenerator<ParsedRows> {
    let before = 0;
    for (const { table } of this.#parts) {
      let rows = 0;
      for await (const batch of table.batches(columns)) {
        rows += batch.rows.length;
        const shift = before;
        yield { ...batch, lineNumbers: batch.lineNumbers.map((line) => shift + line) };
      }
      before += rows;
    }
  }
}
