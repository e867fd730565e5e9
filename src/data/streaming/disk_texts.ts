/**
 * One column of a row file.
 *
 * @module
 */
import type { TextColumn } from "../text_column.ts";
import type { RowFile } from "./row_file.ts";

/** Texts that are read from disk when they are asked for. */
export class DiskTexts implements TextColumn {
  readonly #rows: RowFile;
  readonly #column: number;

  /**
   * A column of a file.
   *
   * @param rows The file.
   * @param column Which of the texts of a row.
   */
  constructor(rows: RowFile, column: number) {
    this.#rows = rows;
    this.#column = column;
  }

  /** The number of rows. */
  get length(): number {
    return this.#rows.length;
  }

  /**
   * The text of one row.
   *
   * @param row Its index; a negative one counts from the end.
   * @returns The text, or `undefined` if there is no such row.
   * @throws {InputError} If the file has changed or the dataset was closed.
   */
  at(row: number): string | undefined {
    const index = row < 0 ? this.length + row : row;
    return index >= 0 && index < this.length ? this.#rows.texts(index)[this.#column] : undefined;
  }

  /** The texts in the order of the rows. */
  *[Symbol.iterator](): Generator<string> {
    for (const texts of this.#rows) yield texts[this.#column];
  }
}
