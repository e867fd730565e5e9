/**
 * The values of a column of an Arrow record batch.
 *
 * @module
 */
import { type Data, DataType, Vector } from "apache-arrow";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Checks that the memory of a column holds what its length promises, and reads it by row.
 *
 * @param data The column, of texts, numbers, booleans, or lists of numbers.
 * @returns Gives the value of a row: a text, a number, an array of numbers, or null.
 * @throws {RangeError} If it holds less.
 */
export function arrowColumn(data: Data): (row: number) => unknown {
  check(data);
  const { type } = data;
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    const { valueOffsets, values } = data as Data<typeof type>;
    return (row) =>
      data.getValid(row)
        ? decoder.decode(values.subarray(Number(valueOffsets[row]), Number(valueOffsets[row + 1])))
        : null;
  }
  const vector = new Vector([data]);
  return (row) => plain(vector.get(row));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  return value instanceof Vector ? Array.from(value, plain) : value;
}

function check(data: Data): void {
  const { type, length, offset, values, children } = data;
  const bitmap = data.nullBitmap;
  if (data.nullCount > 0) within("bits of missing values", offset + length, 8 * bitmap.length);
  if (DataType.isBool(type)) within("booleans", offset + length, 8 * values.length);
  else if (DataType.isInt(type) || DataType.isFloat(type)) within("numbers", length, values.length);
  else if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    checkOffsets("characters", data, values.length);
  } else if (DataType.isList(type)) {
    checkOffsets("elements", data, children[0].length);
    check(children[0]);
  } else if (DataType.isFixedSizeList(type)) {
    within("elements", length * type.listSize, children[0].length);
    check(children[0]);
  } else if (DataType.isDictionary(type)) {
    within("numbers", length, values.length);
    for (const part of data.dictionary?.data ?? []) check(part);
  }
}

function checkOffsets(what: string, { length, valueOffsets }: Data, most: number): void {
  if (length === 0) return;
  within("offsets", length + 1, valueOffsets.length);
  for (let row = 0, last = Number(valueOffsets[0]); row < length; row++) {
    const next = Number(valueOffsets[row + 1]);
    if (!(last >= 0 && next >= last)) throw new RangeError("its offsets do not grow");
    last = next;
  }
  within(what, Number(valueOffsets[length]), most);
}

function within(what: string, wanted: number, found: number): void {
  if (wanted >= 0 && wanted <= found) return;
  throw new RangeError(`a column has ${found} ${what}, wanted ${wanted}`);
}
