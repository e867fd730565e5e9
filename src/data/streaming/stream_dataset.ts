/**
 * Datasets whose texts stay on disk.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { Dataset, type RowsOptions } from "../dataset.ts";
import { CsvParser, type Delimiter } from "../readers/csv_parser.ts";
import { ParquetFile } from "../readers/parquet_file.ts";
import type { ParsedRows } from "../readers/parsed_rows.ts";
import { parseObject } from "../readers/parse_object.ts";
import type { TableFile } from "../readers/table_file.ts";
import { RowReader } from "../row_reader.ts";
import { DiskTexts } from "./disk_texts.ts";
import { KeptIndex, type RowIndex } from "./kept_index.ts";
import { Offsets } from "./offsets.ts";
import { RowFile } from "./row_file.ts";
import { RowSpool } from "./row_spool.ts";
import { SourceFile } from "./source_file.ts";
import { splitCsv } from "./split_csv.ts";
import { splitElements } from "./split_elements.ts";
import { splitLines } from "./split_lines.ts";

/** How a file is laid out. */
export type FileLayout = "json" | "comma" | "tab" | "parquet";

/** How to stream a dataset. */
export interface StreamOptions extends RowsOptions {
  /** What the file is; `json` is JSON Lines or one array of objects. */
  readonly layout: FileLayout;
  /** Folder of the temporary file that tables and Parquet files need; the system's by default. */
  readonly spoolDirectory?: string;
  /** Folder where the places of a JSON file's rows are kept for the next run; by default they are not. */
  readonly indexDirectory?: string | null;
}

/**
 * Opens a dataset without holding its texts. One pass over the file checks every row as reading into
 * memory does, and keeps labels, lengths and 8 bytes a row. JSON is then read where it lies; tables and
 * Parquet files, which cannot be read row by row, are copied to a temporary file.
 *
 * @param file The file, or its path. It must not change while the dataset is in use, or until it is copied.
 * @param options Names, and the layout of the file.
 * @returns The dataset; its `close` gives file and disk space back.
 * @throws {InputError} If the file cannot be read, or a row is not as it should be.
 * @throws {OutputError} If the temporary file cannot be written.
 */
export async function streamDataset(
  file: string | SourceFile,
  options: StreamOptions,
): Promise<Dataset> {
  const source = typeof file === "string" ? SourceFile.open(file) : file;
  const isJson = options.layout === "json";
  let keepOpen = false;
  try {
    if (isJson) {
      const dataset = rowsInPlace(source, await indexOf(source, options));
      keepOpen = true;
      return dataset;
    }
    return await spooled([source], await batchesOf(source, options), options);
  } finally {
    if (!keepOpen) source.close();
  }
}

/**
 * Copies the rows of a table to a temporary file.
 *
 * @param table The table.
 * @param sources The files that it is read from, which must not change meanwhile; they stay open.
 * @param options Names, and the folder of the temporary file.
 * @returns The dataset; its `close` gives the disk space back.
 * @throws {InputError} If the table cannot be read, or a row is not as it should be.
 * @throws {OutputError} If the temporary file cannot be written.
 */
export async function streamTable(
  table: TableFile,
  sources: readonly SourceFile[],
  options: Omit<StreamOptions, "layout">,
): Promise<Dataset> {
  const reader = new RowReader(options, table.types, table.classNames);
  return await spooled(sources, { reader, rows: table.batches(reader.sourceColumns) }, options);
}

async function spooled(
  sources: readonly SourceFile[],
  batches: Batches,
  options: Omit<StreamOptions, "layout">,
): Promise<Dataset> {
  const [reader, rows] = await spool(sources, batches, options);
  const columns = reader.plan.texts.map((_, column) => new DiskTexts(rows, column));
  return new Dataset({ ...reader.parts(columns), close: () => rows.close() });
}

/** The index that was kept, or else a new one. */
async function indexOf(source: SourceFile, options: StreamOptions): Promise<RowIndex> {
  const { indexDirectory } = options;
  const kept = indexDirectory ? new KeptIndex(source, options, indexDirectory) : null;
  const known = await kept?.read() ?? null;
  if (known !== null) return known;
  const index = indexJson(source, options);
  await kept?.write(index);
  return index;
}

/** Reads the rows of a JSON file once, for their places. */
function indexJson(source: SourceFile, options: RowsOptions): RowIndex {
  const reader = new RowReader(options);
  const offsets = new Offsets();
  const { start, first } = beginning(source);
  const isArray = first === 0x5b;
  const records = (isArray ? splitElements : splitLines)(source.chunks(start), {
    source: source.path,
    start,
  });
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (const { bytes, offset, line } of records) {
    const where = `row ${line} of ${source.path}`;
    const text = decoded(decoder, bytes, where);
    if (!isArray && text.trim() === "") continue;
    reader.read(parseObject(text, where), line);
    offsets.push(offset);
  }
  if (offsets.length === 0 && !isArray) throw emptyFile(source.path);
  offsets.push(source.size);
  const { texts: _, ...parts } = reader.parts(reader.plan.texts.map(() => []));
  return { offsets, texts: reader.plan.texts, parts };
}

function rowsInPlace(source: SourceFile, { offsets, texts, parts }: RowIndex): Dataset {
  const from = texts.map(([, column]) => column);
  const decode = (row: string) => {
    const values = JSON.parse(row);
    return from.map((column) => {
      if (typeof values[column] === "string") return values[column];
      throw new TypeError(`Column "${column}" is no text any more`);
    });
  };
  const rows = new RowFile({ source, offsets, lastCharacter: "}", decode });
  const columns = texts.map(([name], i) => [name, new DiskTexts(rows, i)] as const);
  return new Dataset({ ...parts, texts: new Map(columns), close: () => rows.close() });
}

/** A reader that may know the columns already, and the rows that it is to read. */
interface Batches {
  readonly reader: RowReader;
  readonly rows: Iterable<ParsedRows> | AsyncIterable<ParsedRows>;
}

async function batchesOf(source: SourceFile, options: StreamOptions): Promise<Batches> {
  if (options.layout === "parquet") {
    const file = await ParquetFile.open(source);
    const reader = new RowReader(options, file.types, file.classNames);
    return { reader, rows: file.batches(reader.sourceColumns) };
  }
  const delimiter = options.layout === "comma" ? "," : "\t";
  return { reader: new RowReader(options), rows: tableRows(source, delimiter) };
}

function* tableRows(source: SourceFile, delimiter: Delimiter): Generator<ParsedRows> {
  const parser = new CsvParser(source.path, delimiter);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const { start } = beginning(source);
  const blocks = splitCsv(source.chunks(start), { source: source.path, start, delimiter });
  for (const { bytes, line } of blocks) {
    yield parser.parse(decoded(decoder, bytes, source.path), line);
  }
  if (!parser.hasHeader) throw emptyFile(source.path);
}

async function spool(
  sources: readonly SourceFile[],
  { reader, rows: batches }: Batches,
  { spoolDirectory }: Omit<StreamOptions, "layout">,
): Promise<[RowReader, RowFile]> {
  const spool = new RowSpool(spoolDirectory);
  try {
    for await (const { rows, lineNumbers } of batches) {
      rows.forEach((row, index) => spool.add(reader.read(row, lineNumbers[index])));
    }
    for (const source of sources) source.check();
    reader.checkNotEmpty();
    return [reader, spool.finish()];
  } finally {
    spool.close();
  }
}

/** Where the text starts behind a byte order mark, and its first byte that is no blank. */
function beginning(source: SourceFile): { start: number; first: number | undefined } {
  for (const chunk of source.chunks(0)) {
    const start = chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    return { start, first: chunk.subarray(start).find((byte) => byte > 0x20) };
  }
  return { start: 0, first: undefined };
}

function decoded(decoder: TextDecoder, bytes: Uint8Array, where: string): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new InputError(`Cannot read ${where}: not valid UTF-8 text`, { cause });
  }
}

function emptyFile(path: string): InputError {
  return new InputError(`Cannot read ${path}: the file is empty`);
}
