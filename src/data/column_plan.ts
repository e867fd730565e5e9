/**
 * Which columns of a file become texts, labels and lengths.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { RowsOptions } from "./dataset.ts";
import { refuseReservedColumns } from "./reserved_columns.ts";

/** What a column holds, as the file states (Parquet does) or as the first row shows. */
export interface ColumnType {
  /** Texts; numbers or lists of numbers; or something else. */
  readonly kind: "text" | "number" | "other";
  /** The file's name of the type, or `null` if it states none. */
  readonly name: string | null;
}

/** A column: its name in the dataset, then its name in the file. */
export type PlannedColumn = readonly [name: string, from: string];

/** Which columns are taken, and for what. */
export interface ColumnPlan {
  /** The texts, in order; at least one. */
  readonly texts: readonly PlannedColumn[];
  /** The labels, if there are any. */
  readonly label: PlannedColumn | null;
  /** The lengths of the rows, if they are asked for and there. */
  readonly length: PlannedColumn | null;
  /** Names in the file of the columns that are left out since they are no texts. */
  readonly dropped: readonly string[];
}

/** Names of a label column; the first that is present holds the labels. */
const LABEL_COLUMNS: readonly string[] = ["label", "labels", "score", "scores"];

/**
 * What the first row shows about the columns.
 *
 * @param row The values by column.
 * @returns The types by column. A missing value says nothing, and passes as a text: it is left to be
 * refused as one.
 */
export function columnTypesOf(row: Readonly<Record<string, unknown>>): Map<string, ColumnType> {
  return new Map(
    Object.entries(row).map(([column, value]) => {
      const mayBeText = typeof value === "string" || value === null || value === undefined;
      return [column, { kind: mayBeText ? "text" : "other", name: null }];
    }),
  );
}

/**
 * Plans the columns of a dataset.
 *
 * @param types The columns of the file, in order.
 * @param options How rows become a dataset.
 * @returns The plan.
 * @throws {InputError} If a name is reserved, a column is not there or of a type that cannot be read,
 * or no text column is left.
 */
export function planColumns(
  types: ReadonlyMap<string, ColumnType>,
  options: RowsOptions,
): ColumnPlan {
  const { columnMap, name, source = name, labelColumns = LABEL_COLUMNS, lengthColumn } = options;
  const found = [...types.keys()];
  const mapped: readonly PlannedColumn[] = columnMap === undefined
    ? found.map((column) => [column, column])
    : Object.entries(columnMap);
  checkNames(mapped, found, options);

  const taken = mapped.map(([, from]) => from);
  const column = (names: readonly string[], but: PlannedColumn | null): PlannedColumn | null => {
    const entry = names.map((name) => mapped.find(([target]) => target === name))
      .find((entry) => entry !== undefined && entry !== but);
    const kept = names.find((name) => found.includes(name) && !taken.includes(name));
    return entry ?? (kept === undefined ? null : [kept, kept]);
  };
  const label = column(labelColumns, null);
  const length = lengthColumn == null || lengthColumn === label?.[0]
    ? null
    : column([lengthColumn], label);
  const inputs = mapped.filter((entry) => entry !== label && entry !== length);
  const mayDrop = columnMap === undefined && (options.dropOtherColumns ?? true);
  const texts = mayDrop ? inputs.filter(([, from]) => types.get(from)!.kind === "text") : inputs;
  if (texts.length === 0) {
    throw new InputError(`Cannot read ${source}: it has no text column; found ${quoted(found)}`);
  }
  checkTypes(types, { texts, label, length }, source);
  const dropped = inputs.filter((entry) => !texts.includes(entry)).map(([, from]) => from);
  return { texts, label, length, dropped };
}

function checkNames(
  mapped: readonly PlannedColumn[],
  found: readonly string[],
  { name, source = name }: RowsOptions,
): void {
  const unknown = mapped.find(([, from]) => !found.includes(from));
  if (unknown !== undefined) {
    throw new InputError(`Cannot read column "${unknown[1]}" of ${source}: found ${quoted(found)}`);
  }
  const names = mapped.map(([column]) => column);
  refuseReservedColumns(names, { dataset: name, action: `read ${source}` });
}

function checkTypes(
  types: ReadonlyMap<string, ColumnType>,
  { texts, label, length }: Omit<ColumnPlan, "dropped">,
  source: string,
): void {
  const check = ([, from]: PlannedColumn, allowed: readonly string[], wanted: string) => {
    const { kind, name } = types.get(from)!;
    if (name !== null && !allowed.includes(kind)) {
      throw new InputError(
        `Cannot read column "${from}" of ${source}: its type is ${name}, wanted ${wanted}`,
      );
    }
  };
  for (const text of texts) check(text, ["text"], "strings");
  const numbers = "numbers, booleans or lists of numbers";
  if (label !== null) check(label, ["text", "number"], numbers);
  if (length !== null) check(length, ["text", "number"], "whole numbers");
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
