/**
 * Named columns of texts with optional labels, and how rows of a file become them.
 *
 * @module
 */

import { refuseReservedColumns } from "./reserved_columns.ts";
import { RowReader } from "./row_reader.ts";
import { SelectedTexts } from "./selected_texts.ts";
import type { TextColumn } from "./text_column.ts";

/** The label of a row: a class or score, or several scores. */
export type Label = number | readonly number[];

/** What a {@linkcode Dataset} is made of. */
export interface DatasetParts {
  /** Name of the dataset; part of the key of its row order. */
  readonly name: string;
  /** The texts of every column; the order of the columns is kept. */
  readonly texts: ReadonlyMap<string, TextColumn>;
  /** One label per row, if there are labels. */
  readonly labels?: readonly Label[] | null;
  /** What the label column is called, if there are labels. */
  readonly labelColumn?: string | null;
  /** What the classes 0, 1, ... are called that labels count, if the data tells. */
  readonly classNames?: readonly string[] | null;
  /** One length per row, in the unit that the data chose, if the data has them. */
  readonly lengths?: ArrayLike<number> | null;
  /** Columns of the file that were left out since they hold no texts; none by default. */
  readonly droppedColumns?: readonly string[];
  /** Gives back what the columns hold open; nothing by default. */
  readonly close?: () => void;
}

/** Rows of texts in named columns, with a label per row if the data has labels. Never changes. */
export class Dataset {
  /** Name of the dataset; part of the key of its row order. */
  readonly name: string;
  /** Names of the text columns, in order: what a loss takes as its first, second, ... input. */
  readonly columns: readonly string[];
  /** Number of rows. */
  readonly length: number;
  /** One label per row, or `null` without labels. */
  readonly labels: readonly Label[] | null;
  /** Name of the label column, or `null` without labels. */
  readonly labelColumn: string | null;
  /** What the classes 0, 1, ... are called that labels count, or `null` where the data does not tell. */
  readonly classNames: readonly string[] | null;
  /** One length per row, from a length column, or `null` without one. */
  readonly lengths: ArrayLike<number> | null;
  /** Columns of the file that were left out since they hold no texts. */
  readonly droppedColumns: readonly string[];
  readonly #texts: ReadonlyMap<string, TextColumn>;
  readonly #close: () => void;

  /**
   * A dataset of the given columns.
   *
   * @throws {RangeError} If there is no text column, or columns, labels and lengths differ in length.
   * @throws {InputError} If the name of a column is reserved (`return_loss`, `dataset_name`).
   */
  constructor(parts: DatasetParts) {
    const { name, texts, labels = null, labelColumn = null, lengths = null } = parts;
    this.name = name;
    this.columns = [...texts.keys()];
    if (this.columns.length === 0) {
      throw new RangeError(`Cannot make dataset "${name}": it has no text column`);
    }
    this.#texts = new Map(texts);
    this.length = this.text(this.columns[0]).length;
    this.labels = labels;
    this.labelColumn = labels === null ? null : labelColumn ?? "label";
    this.classNames = labels === null ? null : parts.classNames ?? null;
    this.lengths = lengths;
    this.droppedColumns = parts.droppedColumns ?? [];
    this.#close = parts.close ?? (() => {});
    refuseReservedColumns(
      this.labelColumn === null ? this.columns : [...this.columns, this.labelColumn],
      { dataset: name, action: `make dataset "${name}"` },
    );
    for (const [column, values] of texts) this.#checkLength(`column "${column}"`, values.length);
    if (labels !== null) this.#checkLength(`column "${this.labelColumn}"`, labels.length);
    if (lengths !== null) this.#checkLength("the column of lengths", lengths.length);
  }

  /**
   * The texts of one column, one per row: an array if they are in memory, else a column that reads
   * them from disk.
   *
   * @throws {RangeError} If there is no such text column.
   */
  text(column: string): TextColumn {
    const texts = this.#texts.get(column);
    if (texts === undefined) {
      throw new RangeError(
        `Cannot read column "${column}" of dataset "${this.name}": found ${quoted(this.columns)}`,
      );
    }
    return texts;
  }

  /**
   * The rows with the given indices, in that order; a row may be taken more than once. Texts on disk
   * stay there: the selection reads the same file, and ends with this dataset.
   *
   * @throws {RangeError} If an index is not that of a row.
   */
  select(indices: Iterable<number>): Dataset {
    const rows = [...indices];
    for (const row of rows) {
      if (!Number.isInteger(row) || row < 0 || row >= this.length) {
        throw new RangeError(
          `Cannot select row ${row} of dataset "${this.name}": it has ${this.length} rows`,
        );
      }
    }
    const { close: _, ...parts } = this.parts;
    const { labels, lengths } = this;
    return new Dataset({
      ...parts,
      texts: new Map(this.columns.map((column) => [column, selected(this.text(column), rows)])),
      labels: labels === null ? null : rows.map((row) => labels[row]),
      lengths: lengths === null ? null : rows.map((row) => lengths[row]),
    });
  }

  /** The same rows under another name; a streamed dataset still reads, and closes, the same file. */
  renamed(name: string): Dataset {
    return new Dataset({ ...this.parts, name });
  }

  /** @internal What another dataset of the same rows is made of: it reads, and closes, the same file. */
  get parts(): DatasetParts {
    const { name, labels, labelColumn, classNames, lengths, droppedColumns } = this;
    const kept = { name, labels, labelColumn, classNames, lengths, droppedColumns };
    return { ...kept, texts: this.#texts, close: this.#close };
  }

  /**
   * Closes the file that a streamed dataset reads, and gives back the disk space of a temporary one.
   * Its texts cannot be read afterwards. Datasets in memory have nothing to close. A process that ends
   * without it leaves nothing behind.
   */
  close(): void {
    this.#close();
  }

  #checkLength(column: string, length: number): void {
    if (length !== this.length) {
      throw new RangeError(
        `Cannot make dataset "${this.name}": ${column} has ${length} rows, ` +
          `column "${this.columns[0]}" has ${this.length}`,
      );
    }
  }
}

/** How rows become a {@linkcode Dataset}. */
export interface RowsOptions {
  /** Name of the dataset. */
  readonly name: string;
  /** The file that the rows come from, for error messages; the name by default. */
  readonly source?: string;
  /**
   * Which columns to take and what to call them, as `{ anchor: "question", positive: "answer" }`;
   * its order becomes the order of the columns. All columns under their own names by default.
   */
  readonly columnMap?: Readonly<Record<string, string>>;
  /** The 1-based line of every row, for error messages; counted from 1 by default. */
  readonly lineNumbers?: readonly number[];
  /**
   * Names of a label column; the first that is present holds the labels. By default `label`,
   * `labels`, `score`, `scores`.
   */
  readonly labelColumns?: readonly string[];
  /**
   * Whether a column is left out, and named in {@linkcode Dataset.droppedColumns}, if its first value
   * is something else than a text. True by default; if false, such a column is an error. With a
   * column map, every column that it names must hold texts.
   */
  readonly dropOtherColumns?: boolean;
  /** Name of a column of whole numbers that becomes {@linkcode Dataset.lengths}, if it is there. */
  readonly lengthColumn?: string | null;
}

/**
 * Makes a dataset of rows. The first present of the label columns holds the labels (numbers, numbers
 * written as text, or arrays of numbers); every other column holds texts, in the order of the first
 * row. A column map selects and renames text columns; a label or length column that it does not
 * mention is kept.
 *
 * @throws {InputError} If there are no rows, a column is missing in a row, its name is reserved
 * (`return_loss`, `dataset_name`), or a value is not a text (or not a number, in the label column); the
 * message names row, source, column and what was found.
 */
export function datasetFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  options: RowsOptions,
): Dataset {
  const reader = new RowReader(options);
  const texts = rows.map((row, index) =>
    reader.read(row, options.lineNumbers?.[index] ?? index + 1)
  );
  const columns = reader.plan.texts.map((_, column) => texts.map((values) => values[column]));
  return new Dataset(reader.parts(columns));
}

function selected(texts: TextColumn, rows: readonly number[]): TextColumn {
  if (Array.isArray(texts)) return rows.map((row) => texts[row]);
  return new SelectedTexts(texts, Uint32Array.from(rows));
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
