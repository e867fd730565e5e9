/**
 * Named columns of texts with optional labels, and how rows of a file become them.
 *
 * @module
 */

import { InputError } from "../errors.ts";

/** The label of a row: a class or score, or several scores. */
export type Label = number | readonly number[];

/** What a {@linkcode Dataset} is made of. */
export interface DatasetParts {
  /** Name of the dataset; part of the key of its row order. */
  readonly name: string;
  /** The texts of every column; the order of the columns is kept. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** One label per row, if there are labels. */
  readonly labels?: readonly Label[] | null;
  /** What the label column is called, if there are labels. */
  readonly labelColumn?: string | null;
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
  readonly #texts: ReadonlyMap<string, readonly string[]>;

  /**
   * A dataset of the given columns.
   *
   * @throws {RangeError} If there is no text column, or columns and labels differ in length.
   */
  constructor({ name, texts, labels = null, labelColumn = null }: DatasetParts) {
    this.name = name;
    this.columns = [...texts.keys()];
    if (this.columns.length === 0) {
      throw new RangeError(`Cannot make dataset "${name}": it has no text column`);
    }
    this.#texts = new Map(texts);
    this.length = this.text(this.columns[0]).length;
    this.labels = labels;
    this.labelColumn = labels === null ? null : labelColumn ?? "label";
    for (const [column, values] of texts) this.#checkLength(column, values.length);
    if (labels !== null) this.#checkLength(this.labelColumn!, labels.length);
  }

  /**
   * The texts of one column, one per row.
   *
   * @throws {RangeError} If there is no such text column.
   */
  text(column: string): readonly string[] {
    const texts = this.#texts.get(column);
    if (texts === undefined) {
      throw new RangeError(
        `Cannot read column "${column}" of dataset "${this.name}": found ${quoted(this.columns)}`,
      );
    }
    return texts;
  }

  /**
   * The rows with the given indices, in that order; a row may be taken more than once.
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
    const { name, labels, labelColumn } = this;
    const texts = new Map(
      this.columns.map((column) => {
        const values = this.text(column);
        return [column, rows.map((row) => values[row])];
      }),
    );
    return new Dataset({
      name,
      texts,
      labels: labels === null ? null : rows.map((row) => labels[row]),
      labelColumn,
    });
  }

  #checkLength(column: string, length: number): void {
    if (length !== this.length) {
      throw new RangeError(
        `Cannot make dataset "${this.name}": column "${column}" has ${length} rows, ` +
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
}

/** Names of a label column; the first that is present holds the labels. */
const LABEL_COLUMNS = ["label", "labels", "score", "scores"];

/**
 * Makes a dataset of rows. The first present of the columns `label`, `labels`, `score` and `scores`
 * holds the labels (numbers, numbers written as text, or arrays of numbers); every other column holds
 * texts, in the order of the first row. A column map selects and renames text columns; a label column
 * that it does not mention is kept.
 *
 * @throws {InputError} If there are no rows, a column is missing in a row, or a value is not a text
 * (or not a number, in the label column); the message names row, source, column and what was found.
 */
export function datasetFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  { name, source = name, columnMap, lineNumbers }: RowsOptions,
): Dataset {
  if (rows.length === 0) throw new InputError(`Cannot read ${source}: it has no rows`);
  const plan = planColumns(Object.keys(rows[0]), columnMap, source);
  const texts = new Map(plan.texts.map(([column]) => [column, new Array<string>(rows.length)]));
  const labels = plan.label === null ? null : new Array<Label>(rows.length);

  rows.forEach((row, index) => {
    const where = `row ${lineNumbers?.[index] ?? index + 1} of ${source}`;
    for (const [column, from] of plan.texts) {
      texts.get(column)![index] = textAt(row, from, where);
    }
    if (labels !== null) {
      labels[index] = labelAt(row, plan.label![1], where);
      checkLabelShape(labels[index], labels[0], plan.label![1], where);
    }
    if (columnMap === undefined) checkNoOtherColumn(row, rows[0], where);
  });
  return new Dataset({ name, texts, labels, labelColumn: plan.label?.[0] });
}

/** Pairs of (name in the dataset, name in the rows). */
interface ColumnPlan {
  readonly texts: readonly (readonly [string, string])[];
  readonly label: readonly [string, string] | null;
}

function planColumns(
  found: readonly string[],
  columnMap: Readonly<Record<string, string>> | undefined,
  source: string,
): ColumnPlan {
  const mapped = Object.entries(columnMap ?? Object.fromEntries(found.map((c) => [c, c])));
  const unknown = mapped.find(([, from]) => !found.includes(from));
  if (unknown !== undefined) {
    throw new InputError(
      `Cannot read column "${unknown[1]}" of ${source}: found ${quoted(found)}`,
    );
  }
  const taken = mapped.map(([, from]) => from);
  const kept = LABEL_COLUMNS.find((column) => found.includes(column) && !taken.includes(column));
  const label = LABEL_COLUMNS.map((name) => mapped.find(([column]) => column === name))
    .find((entry) => entry !== undefined) ?? (kept === undefined ? null : [kept, kept] as const);
  const texts = mapped.filter((entry) => entry !== label);
  if (texts.length === 0) {
    throw new InputError(`Cannot read ${source}: it has no text column; found ${quoted(found)}`);
  }
  return { texts, label };
}

function valueAt(row: Readonly<Record<string, unknown>>, column: string, where: string): unknown {
  if (!Object.hasOwn(row, column)) {
    throw new InputError(
      `Cannot read ${where}: column "${column}" is missing; found ${quoted(Object.keys(row))}`,
    );
  }
  return row[column];
}

function textAt(row: Readonly<Record<string, unknown>>, column: string, where: string): string {
  const value = valueAt(row, column, where);
  if (typeof value !== "string") {
    throw new InputError(
      `Cannot read ${where}: column "${column}" is ${described(value)}, wanted a text`,
    );
  }
  return value;
}

function labelAt(row: Readonly<Record<string, unknown>>, column: string, where: string): Label {
  const value = valueAt(row, column, where);
  const label = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof label === "number" && Number.isFinite(label)) return label;
  if (Array.isArray(label) && label.length > 0 && label.every(Number.isFinite)) return label;
  throw new InputError(
    `Cannot read ${where}: label column "${column}" is ${described(value)}, ` +
      "wanted a number or an array of numbers",
  );
}

function checkLabelShape(label: Label, first: Label, column: string, where: string): void {
  const shape = (value: Label) =>
    typeof value === "number" ? "a number" : `an array of length ${value.length}`;
  if (shape(label) !== shape(first)) {
    throw new InputError(
      `Cannot read ${where}: label column "${column}" is ${shape(label)}, ` +
        `in the first row it is ${shape(first)}`,
    );
  }
}

/** Without this, a column that the first row happens to lack would be dropped without a word. */
function checkNoOtherColumn(
  row: Readonly<Record<string, unknown>>,
  first: Readonly<Record<string, unknown>>,
  where: string,
): void {
  const other = Object.keys(row).find((column) => !Object.hasOwn(first, column));
  if (other !== undefined) {
    throw new InputError(
      `Cannot read ${where}: column "${other}" is not in the first row; ` +
        `found there ${quoted(Object.keys(first))}`,
    );
  }
}

function described(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
