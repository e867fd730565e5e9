/**
 * What the columns of an Arrow file hold.
 *
 * @module
 */
import { DataType, type Field } from "apache-arrow";
import type { ColumnType } from "../column_plan.ts";

/**
 * Reads the types of the columns. Strings are texts, those of a dictionary too; integers, floats, booleans and
 * lists of them are numbers; everything else is something that no dataset takes.
 *
 * @param fields The fields of the schema.
 * @returns The types by the name of the column, in the order of the file.
 */
export function arrowTypes(fields: readonly Field[]): Map<string, ColumnType> {
  return new Map(fields.map(({ name, type }) => [name, typeOf(type)]));
}

function typeOf(type: DataType): ColumnType {
  const value = DataType.isDictionary(type) ? type.dictionary : type;
  const name = String(type);
  if (DataType.isUtf8(value) || DataType.isLargeUtf8(value)) return { kind: "text", name };
  if (DataType.isList(type) || DataType.isFixedSizeList(type)) {
    return { kind: isNumber(type.children[0].type) ? "number" : "other", name };
  }
  return { kind: isNumber(type) ? "number" : "other", name };
}

function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isBool(type);
}
