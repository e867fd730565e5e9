/**
 * The texts of a column that another process reads.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { TextColumn } from "./text_column.ts";

/** What is known of a column that lies elsewhere. */
export interface RemoteColumn {
  /** The dataset, for errors. */
  readonly dataset: string;
  /** Number of rows. */
  readonly length: number;
  /** The texts of the first rows. */
  readonly head: readonly string[];
}

/** A column of which the first rows are here; the others are sent batch by batch, and not kept. */
export class RemoteTexts implements TextColumn {
  readonly #column: RemoteColumn;

  /**
   * A column without most of its texts.
   *
   * @param column What is known of it.
   */
  constructor(column: RemoteColumn) {
    this.#column = column;
  }

  /** The number of rows. */
  get length(): number {
    return this.#column.length;
  }

  /**
   * The text of one row.
   *
   * @param row Its index; a negative one counts from the end.
   * @returns The text, or `undefined` if there is no such row.
   * @throws {UsageError} If the row is not among the first ones.
   */
  at(row: number): string | undefined {
    const { dataset, length, head } = this.#column;
    const index = row < 0 ? row + length : row;
    if (index < 0 || index >= length) return undefined;
    if (index < head.length) return head[index];
    throw new UsageError(
      `Cannot read row ${index} of dataset "${dataset}" in this process: with dispatch_batches rank 0 alone reads rows; leave dispatch_batches unset for what needs all of them`,
    );
  }

  /**
   * The texts in the order of the rows.
   *
   * @throws {UsageError} After the first rows.
   */
  *[Symbol.iterator](): Generator<string> {
    for (let row = 0; row < this.length; row++) yield this.at(row)!;
  }
}
