/**
 * What the columns of a Parquet file hold.
 *
 * @module
 */
import { parquetSchema, type SchemaTree } from "hyparquet";
import type { ColumnType } from "../column_plan.ts";

/** The description of a Parquet file that stands at its end, as the package hyparquet reads it. */
export type ParquetMetadata = Parameters<typeof parquetSchema>[0];

/**
 * Reads the types of the columns. Strings are texts; integers, floats, booleans and lists of them are
 * numbers; everything else is something that no dataset takes.
 *
 * @param metadata The end of the file.
 * @returns The types by the name of the column, in the order of the file.
 */
export function parquetTypes(metadata: ParquetMetadata): Map<string, ColumnType> {
  return new Map(
    parquetSchema(metadata).children.map((column) => [column.element.name, typeOf(column)]),
  );
}

function typeOf({ element, children }: SchemaTree): ColumnType {
  const repeated = element.repetition_type === "REPEATED";
  if (children.length === 0 && !repeated) return valueType(element);
  if (children.length === 0) return { kind: "other", name: `repeated ${valueType(element).name}` };
  if (element.converted_type !== "LIST") {
    return { kind: "other", name: element.converted_type ?? "a group of columns" };
  }
  const [list] = children;
  if (list.children.length !== 1 || list.children[0].children.length > 0) {
    return { kind: "other", name: "a list of groups or an old two-level list" };
  }
  const { kind, name } = valueType(list.children[0].element);
  return { kind: kind === "number" ? kind : "other", name: `a list of ${name}` };
}

function valueType(element: SchemaTree["element"]): ColumnType {
  const { type, converted_type: converted, logical_type: logical } = element;
  const name = logical?.type ?? converted ?? type ?? "unknown";
  if (name === "STRING" || name === "UTF8") return { kind: "text", name };
  const isNumber = /^(INTEGER|U?INT_\d+|INT32|INT64|FLOAT16|FLOAT|DOUBLE|BOOLEAN)$/.test(name);
  return { kind: isNumber ? "number" : "other", name };
}
