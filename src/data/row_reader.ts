/**
 * Checks rows one by one and takes texts, labels and lengths out of them.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { type ColumnPlan, type ColumnType, columnTypesOf, planColumns } from "./column_plan.ts";
import type { DatasetParts, Label, RowsOptions } from "./dataset.ts";
import { shownValue } from "./shown_value.ts";
import type { TextColumn } from "./text_column.ts";

/** A row of a file: values by the name of their column. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Reads the rows of one dataset in order. The first row decides about the columns, unless the file
 * states their types. Labels and lengths are kept; what happens to the texts is up to the caller.
 */
export class RowReader {
  readonly #options: RowsOptions;
  readonly #source: string;
  readonly #classNames: ReadonlyMap<string, readonly string[]>;
  #plan: ColumnPlan | null;
  #rows = 0;
  /** Columns that a row may have; empty where a column map selects some. */
  readonly #known = new Set<string>();
  readonly #dropped: string[] = [];
  readonly #labels: Label[] = [];
  readonly #lengths: number[] = [];

  /**
   * Nothing read yet.
   *
   * @param options How rows become a dataset.
   * @param types The types of the columns, by name, if the file states them.
   * @param classNames What classes are called, by name of the column, if the file tells.
   * @throws {InputError} If the columns of these types make no dataset.
   */
  constructor(
    options: RowsOptions,
    types?: ReadonlyMap<string, ColumnType>,
    classNames: ReadonlyMap<string, readonly string[]> = new Map(),
  ) {
    this.#options = options;
    this.#classNames = classNames;
    this.#source = options.source ?? options.name;
    this.#plan = types === undefined ? null : this.#planned(types);
  }

  /**
   * How the columns are used.
   *
   * @throws {InputError} If there was no row.
   */
  get plan(): ColumnPlan {
    if (this.#plan === null) this.checkNotEmpty();
    return this.#plan!;
  }

  /**
   * The columns of the file that are read, under their names there.
   *
   * @throws {InputError} If there was no row.
   */
  get sourceColumns(): string[] {
    const { texts, label, length } = this.plan;
    const columns = [...texts, label, length].filter((column) => column !== null);
    return [...new Set(columns.map(([, from]) => from))];
  }

  /**
   * Takes one row.
   *
   * @param row Its values.
   * @param line Its number in the file, from 1, for error messages.
   * @returns Its texts in the order of the plan.
   * @throws {InputError} If a column is missing, unknown or holds something else than it should.
   */
  read(row: Row, line: number): string[] {
    const plan = this.#plan ??= this.#planned(columnTypesOf(row));
    const where = `row ${line} of ${this.#source}`;
    const texts = plan.texts.map(([, from]) => textAt(row, from, where));
    if (plan.label !== null) {
      const label = labelAt(row, plan.label[1], where);
      checkLabelShape(label, this.#labels[0] ?? label, plan.label[1], where);
      this.#labels.push(label);
    }
    if (plan.length !== null) this.#lengths.push(lengthAt(row, plan.length[1], where));
    if (this.#options.columnMap === undefined) this.#checkOtherColumns(row, where);
    this.#rows++;
    return texts;
  }

  /**
   * What the rows made.
   *
   * @param columns The texts that {@linkcode RowReader.read} returned, by column.
   * @returns The parts of the dataset.
   * @throws {InputError} If there was no row.
   */
  parts(columns: readonly TextColumn[]): DatasetParts {
    this.checkNotEmpty();
    const { texts, label, length } = this.plan;
    const classNames = label === null ? undefined : this.#classNames.get(label[1]);
    return {
      name: this.#options.name,
      texts: new Map(texts.map(([column], index) => [column, columns[index]])),
      labels: label === null ? null : this.#labels,
      labelColumn: label?.[0],
      ...(classNames !== undefined && { classNames }),
      lengths: length === null ? null : this.#lengths,
      droppedColumns: this.#dropped,
    };
  }

  /**
   * Makes sure that there is something to return.
   *
   * @throws {InputError} If there was no row.
   */
  checkNotEmpty(): void {
    if (this.#rows === 0) throw new InputError(`Cannot read ${this.#source}: it has no rows`);
  }

  #planned(types: ReadonlyMap<string, ColumnType>): ColumnPlan {
    const plan = planColumns(types, this.#options);
    this.#dropped.push(...plan.dropped);
    for (const column of types.keys()) this.#known.add(column);
    return plan;
  }

  /** Without this, a text column that the first row happens to lack would be dropped without a word. */
  #checkOtherColumns(row: Row, where: string): void {
    for (const column of Object.keys(row)) {
      if (this.#known.has(column)) continue;
      const { kind } = columnTypesOf({ [column]: row[column] }).get(column)!;
      if (kind === "text" || this.#options.dropOtherColumns === false) {
        const found = [...this.#known].filter((name) =>
          !this.#dropped.includes(name) || this.plan.dropped.includes(name)
        );
        throw new InputError(
          `Cannot read ${where}: column "${column}" is not in the first row; ` +
            `found there ${quoted(found)}`,
        );
      }
      this.#known.add(column);
      this.#dropped.push(column);
    }
  }
}

function valueAt(row: Row, column: string, where: string): unknown {
  if (!Object.hasOwn(row, column)) {
    throw new InputError(
      `Cannot read ${where}: column "${column}" is missing; found ${quoted(Object.keys(row))}`,
    );
  }
  return row[column];
}

function textAt(row: Row, column: string, where: string): string {
  const value = valueAt(row, column, where);
  if (typeof value !== "string") {
    throw new InputError(
      `Cannot read ${where}: column "${column}" is ${shownValue(value)}, wanted a text`,
    );
  }
  return value;
}

function labelAt(row: Row, column: string, where: string): Label {
  const value = valueAt(row, column, where);
  const label = numeric(value);
  if (typeof label === "number" && Number.isFinite(label)) return label;
  if (Array.isArray(label) && label.length > 0 && label.every(Number.isFinite)) return label;
  throw new InputError(
    `Cannot read ${where}: label column "${column}" is ${shownValue(value)}, ` +
      "wanted a number or an array of numbers",
  );
}

function lengthAt(row: Row, column: string, where: string): number {
  const value = valueAt(row, column, where);
  const length = numeric(value);
  if (Number.isSafeInteger(length) && (length as number) >= 0) return length as number;
  throw new InputError(
    `Cannot read ${where}: length column "${column}" is ${shownValue(value)}, ` +
      "wanted a whole number that is not negative",
  );
}

/** Tables hold numbers as texts. */
function numeric(value: unknown): unknown {
  return typeof value === "string" && value.trim() !== "" ? Number(value) : value;
}

function checkLabelShape(label: Label, first: Label, column: string, where: string): void {
  const shape = (value: Label) => typeof value === "number" ? -1 : value.length;
  if (shape(label) === shape(first)) return;
  const words = (value: Label) =>
    typeof value === "number" ? "a number" : `an array of length ${value.length}`;
  throw new InputError(
    `Cannot read ${where}: label column "${column}" is ${words(label)}, ` +
      `in the first row it is ${words(first)}`,
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
