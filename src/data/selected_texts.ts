/**
 * Some rows of a column that is not in memory.
 *
 * @module
 */
import type { TextColumn } from "./text_column.ts";

/** Rows of another column, in an order of its own; the texts stay where they are. */
export class SelectedTexts implements TextColumn {
  readonly #texts: TextColumn;
  readonly #rows: Uint32Array;

  /**
   * A view of some rows.
   *
   * @param texts The column.
   * @param rows Indices of its rows.
   */
  constructor(texts: TextColumn, rows: Uint32Array) {
    this.#texts = texts;
    this.#rows = rows;
  }

  /** The number of rows. */
  get length(): number {
    return this.#rows.length;
  }

  /**
   * The text of one row.
   *
   * @param row Its index in the selection; a negative one counts from the end.
   * @returns The text, or `undefined` if there is no such row.
   */
  at(row: number): string | undefined {
    const index = this.#rows.at(row);
    return index === undefined ? undefined : this.#texts.at(index);
  }

  /** The texts in the order of the selection. */
  *[Symbol.iterator](): Generator<string> {
    for (const row of this.#rows) yield this.#texts.at(row)!;
  }
}
