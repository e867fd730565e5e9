/**
 * Reads a dataset from a file, by its extension.
 *
 * @module
 */

import { basename, extname } from "@std/path";
import { InputError } from "../errors.ts";
import { Dataset, datasetFromRows, type RowsOptions } from "./dataset.ts";
import { readFailure } from "./read_failure.ts";
import { parseCsv } from "./readers/csv.ts";
import { parseJson } from "./readers/json.ts";
import { parseJsonl } from "./readers/jsonl.ts";
import { ParquetFile } from "./readers/parquet_file.ts";
import type { ParsedRows } from "./readers/parsed_rows.ts";
import { RowReader } from "./row_reader.ts";
import { SourceFile } from "./streaming/source_file.ts";
import { type FileLayout, streamDataset } from "./streaming/stream_dataset.ts";

/** Size in bytes from which on {@linkcode readDataset} leaves the texts on disk: 256 MiB. */
export const STREAMING_BYTES = 1 << 28;

/** How {@linkcode readDataset} names things, and where it keeps them. */
export interface ReadDatasetOptions {
  /** Name of the dataset; the file's name without its extension by default. */
  readonly name?: string;
  /** Which columns to take and what to call them: `{ anchor: "question", positive: "answer" }`. */
  readonly columns?: Readonly<Record<string, string>>;
  /**
   * Names of a label column; the first that is present holds the labels. By default `label`,
   * `labels`, `score`, `scores`.
   */
  readonly labelColumns?: readonly string[];
  /** Whether columns that hold no texts are left out (the default) or are an error. */
  readonly dropOtherColumns?: boolean;
  /** Name of a column of whole numbers that becomes {@linkcode Dataset.lengths}, if it is there. */
  readonly lengthColumn?: string | null;
  /**
   * Whether the texts stay on disk, at 8 bytes of memory a row. By default they do if the file has
   * {@linkcode STREAMING_BYTES} or more.
   */
  readonly streaming?: boolean;
  /**
   * Folder of the temporary file into which streaming copies tables and Parquet files; by default the
   * system's, which `TMPDIR` names. Its name goes at once, its space when the dataset is closed or the
   * process ends.
   */
  readonly spoolDirectory?: string;
}

interface Format {
  readonly layout: FileLayout;
  /** Reads the whole text, unless the format is binary. */
  readonly parse?: (text: string, source: string) => ParsedRows;
}

const formats: Readonly<Record<string, Format>> = {
  ".jsonl": { layout: "json", parse: parseJsonl },
  ".ndjson": { layout: "json", parse: parseJsonl },
  ".json": { layout: "json", parse: parseJson },
  ".csv": { layout: "comma", parse: (text, source) => parseCsv(text, source, ",") },
  ".tsv": { layout: "tab", parse: (text, source) => parseCsv(text, source, "\t") },
  ".parquet": { layout: "parquet" },
};

/**
 * Reads a dataset from a file: JSON Lines (`.jsonl`, `.ndjson`), an array of objects or JSON Lines
 * (`.json`), a table with a header row (`.csv`, `.tsv`), all in UTF-8, or Parquet (`.parquet`).
 * {@linkcode datasetFromRows} says which columns are texts and which is the label.
 *
 * A large file is streamed: its rows can be read in any order, as those in memory, but lie on disk. A
 * JSON file is read where it is, and must not change while the dataset is in use; that is noticed. Of
 * the others a temporary copy is made. {@linkcode Dataset.close} ends it.
 *
 * @param path The file.
 * @throws {InputError} If the file is missing, empty or unreadable, its extension is unknown, or a
 * row is not as it should be.
 * @throws {OutputError} If the temporary copy cannot be written.
 */
export async function readDataset(
  path: string,
  options: ReadDatasetOptions = {},
): Promise<Dataset> {
  const { name, columns: columnMap, streaming, spoolDirectory, ...rest } = options;
  const extension = extname(path);
  const size = await sizeOf(path);
  const format = formats[extension.toLowerCase()];
  if (format === undefined) {
    throw new InputError(
      `Cannot read ${path}: unknown extension "${extension}"; known are ` +
        Object.keys(formats).map((known) => `"${known}"`).join(", "),
    );
  }
  if (size === 0) throw new InputError(`Cannot read ${path}: the file is empty`);
  const rowsOptions = { ...rest, name: name ?? basename(path, extension), source: path, columnMap };
  if (streaming ?? size >= STREAMING_BYTES) {
    return await streamDataset(path, { ...rowsOptions, layout: format.layout, spoolDirectory });
  }
  if (format.parse === undefined) return await readParquet(path, rowsOptions);
  const text = await readText(path);
  if (text.trim() === "") throw new InputError(`Cannot read ${path}: the file is empty`);
  const { rows, lineNumbers } = format.parse(text, path);
  return datasetFromRows(rows, { ...rowsOptions, lineNumbers });
}

async function readParquet(path: string, options: RowsOptions): Promise<Dataset> {
  const source = SourceFile.open(path);
  try {
    const file = await ParquetFile.open(source);
    const reader = new RowReader(options, file.types);
    const columns = reader.plan.texts.map((): string[] => []);
    for await (const { rows, lineNumbers } of file.batches(reader.sourceColumns)) {
      rows.forEach((row, index) => {
        reader.read(row, lineNumbers[index]).forEach((text, column) => columns[column].push(text));
      });
    }
    return new Dataset(reader.parts(columns));
  } finally {
    source.close();
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const { isDirectory, size } = await Deno.stat(path);
    if (!isDirectory) return size;
  } catch (cause) {
    throw readFailure(path, cause);
  }
  throw new InputError(`Cannot read ${path}: it is a directory, wanted a file`);
}

async function readText(path: string): Promise<string> {
  try {
    // Drops a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (cause) {
    throw readFailure(path, cause);
  }
}
