/**
 * The places of a file's rows, kept on disk: the next run need not read the file to find them.
 *
 * @module
 */
import { join } from "@std/path";
import { host } from "../../host/host.ts";
import { VERSION } from "../../version.ts";
import type { DatasetParts, RowsOptions } from "../dataset.ts";
import { readKept, writeKept } from "../kept_file.ts";
import { hash64 } from "../samplers/hash64.ts";
import { Offsets } from "./offsets.ts";
import type { SourceFile } from "./source_file.ts";

/** What one pass over a file finds. */
export interface RowIndex {
  /** Where each row starts, then where the last one ends. */
  readonly offsets: Offsets;
  /** Text columns: the name, and that in the file. */
  readonly texts: readonly (readonly [string, string])[];
  /** The other parts of the dataset. */
  readonly parts: Omit<DatasetParts, "texts" | "close">;
}

/** A file that changed so lately may change again within one tick of its clock. Unit: milliseconds. */
const SETTLED = 2000;

/** The index of one file, as it is read with certain options. */
export class KeptIndex {
  readonly #source: SourceFile;
  readonly #options: RowsOptions;
  readonly #path: string;
  readonly #key: string;

  /**
   * Reads nothing yet.
   *
   * @param source The file.
   * @param options How its rows become a dataset.
   * @param directory Where indices lie.
   */
  constructor(source: SourceFile, options: RowsOptions, directory: string) {
    const { columnMap, labelColumns, dropOtherColumns, lengthColumn } = options;
    const columns = columnMap === undefined ? null : Object.entries(columnMap);
    const path = host().files.absolute(source.path);
    const of = [path, columns, labelColumns, dropOtherColumns, lengthColumn];
    const name = new Uint32Array(2);
    hash64(JSON.stringify(of), name);
    this.#source = source;
    this.#options = options;
    this.#path = join(directory, `${[...name].map((word) => word.toString(16)).join("-")}.index`);
    this.#key = JSON.stringify([VERSION, source.size, source.modified, ...of]);
  }

  /**
   * Reads the index.
   *
   * @returns It, or null if there is none, it is damaged, or the file has changed.
   */
  async read(): Promise<RowIndex | null> {
    const bytes = await readKept(this.#path, this.#key);
    return bytes && this.#decode(bytes);
  }

  /**
   * Keeps an index, unless it cannot be written, labels are lists, or the file has just changed.
   *
   * @param index The index.
   */
  async write(index: RowIndex): Promise<void> {
    const { modified } = this.#source;
    if (modified === undefined || Math.abs(Date.now() - modified) < SETTLED) return;
    const bytes = encode(index);
    if (bytes !== null) await writeKept(this.#path, this.#key, bytes);
  }

  #decode(bytes: Uint8Array<ArrayBuffer>): RowIndex {
    const { buffer, byteOffset } = bytes;
    const [rows, headerLength] = new Float64Array(buffer, byteOffset, 2);
    const text = new TextDecoder().decode(bytes.subarray(bytes.length - headerLength));
    const { texts, labelColumn, hasLengths, droppedColumns } = JSON.parse(text);
    const offsets = new Offsets();
    const places = new Float64Array(buffer, byteOffset + 16, rows + 1);
    for (const place of places) offsets.push(place);
    const next = (list: number) => new Float64Array(buffer, byteOffset + 16 + 8 * list, rows);
    const hasLabels = labelColumn !== null;
    return {
      offsets,
      texts,
      parts: {
        name: this.#options.name,
        labels: hasLabels ? [...next(rows + 1)] : null,
        labelColumn,
        lengths: hasLengths ? next((hasLabels ? 2 : 1) * rows + 1) : null,
        droppedColumns,
      },
    };
  }
}

/** Numbers of rows and of the header's bytes; offsets; labels and lengths, where there are; the header. */
function encode({ offsets, texts, parts }: RowIndex): Uint8Array | null {
  const { labels = null, lengths = null, droppedColumns } = parts;
  if (typeof (labels?.[0] ?? 0) !== "number") return null;
  const labelColumn = labels === null ? null : parts.labelColumn;
  const hasLengths = lengths !== null;
  const header = new TextEncoder().encode(
    JSON.stringify({ texts, labelColumn, hasLengths, droppedColumns }),
  );
  const rows = offsets.length - 1;
  const lists = [labels as number[] | null, lengths].filter((list) => list !== null);
  const numbers = new Float64Array(2 + rows + 1 + rows * lists.length);
  numbers.set([rows, header.length]);
  for (let i = 0; i <= rows; i++) numbers[2 + i] = offsets.at(i);
  lists.forEach((list, i) => numbers.set(list, 3 + rows + rows * i));
  const bytes = new Uint8Array(numbers.byteLength + header.length);
  bytes.set(new Uint8Array(numbers.buffer));
  bytes.set(header, numbers.byteLength);
  return bytes;
}
