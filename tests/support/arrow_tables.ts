/**
 * Tables in Arrow's format, written by the package apache-arrow.
 *
 * @module
 */
import {
  Bool,
  Field,
  Float32,
  Int32,
  Int64,
  List,
  Schema,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";

/** What a column holds. */
export type ArrowValues =
  | { utf8: (string | null)[] }
  | { dictionary: string[] }
  | { int64: number[] }
  | { int32: (number | null)[] }
  | { float32: number[] }
  | { bool: boolean[] }
  | { lists: number[][] }
  | { structs: { x: number }[] };

/** A table of one record batch, or of several of so many rows each. */
export function arrowTable(columns: Record<string, ArrowValues>, rows = Infinity): Table {
  const whole = new Table(
    Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, vector(values)])),
  );
  const parts: Table[] = [];
  for (let first = 0; first < whole.numRows; first += rows) {
    parts.push(whole.slice(first, Math.min(whole.numRows, first + rows)));
  }
  return new Table(parts.flatMap((part) => part.batches));
}

function vector(values: ArrowValues) {
  if ("utf8" in values) return vectorFromArray(values.utf8, new Utf8());
  if ("dictionary" in values) return vectorFromArray(values.dictionary);
  if ("int64" in values) return vectorFromArray(values.int64.map(BigInt), new Int64());
  if ("int32" in values) return vectorFromArray(values.int32, new Int32());
  if ("float32" in values) return vectorFromArray(values.float32, new Float32());
  if ("bool" in values) return vectorFromArray(values.bool, new Bool());
  if ("structs" in values) return vectorFromArray(values.structs);
  return vectorFromArray(values.lists, new List(new Field("item", new Float32())));
}

/** The bytes of a table, as a stream or as a file. */
export function arrowBytes(table: Table, form: "stream" | "file" = "stream"): Uint8Array {
  return tableToIPC(table, form);
}

/** A table of one column and no rows. */
export function emptyArrowTable(): Table {
  return new Table(new Schema([new Field("text", new Utf8())]));
}

/** Bytes that are read at any place, as a file is. */
export function inMemory(bytes: Uint8Array, path = "x.arrow") {
  return {
    path,
    size: bytes.length,
    readInto(target: Uint8Array, position: number) {
      if (position < 0 || position + target.length > bytes.length) {
        throw new Error(`read beyond the end: ${position}, ${target.length}`);
      }
      target.set(bytes.subarray(position, position + target.length));
    },
  };
}
