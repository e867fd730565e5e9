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
import { RowReader } from "../row_reader.ts";
import { DiskTexts } from "./disk_texts.ts";
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
}

/**
 * Opens a dataset without holding its texts. One pass over the file checks every row as reading into
 * memory does, and keeps labels, lengths and 8 bytes a row. JSON is then read where it lies; tables and
 * Parquet files, which cannot be read row by row, are copied to a temporary file.
 *
 * @param path The file. It must not change while the dataset is in use, or until it is copied.
 * @param options Names, and the layout of the file.
 * @returns The dataset; its `close` gives file and disk space back.
 * @throws {InputError} If the file cannot be read, or a row is not as it should be.
 * @throws {OutputError} If the temporary file cannot be written.
 */
export async function streamDataset(path: string, options: StreamOptions): Promise<Dataset> {
  const source = SourceFile.open(path);
  const isJson = options.layout === "json";
  let keepOpen = false;
  try {
    const [reader, rows] = isJson
      ? indexJson(source, options)
      : await spool(source, await batchesOf(source, options), options);
    keepOpen = isJson;
    const columns = reader.plan.texts.map((_, column) => new DiskTexts(rows, column));
    return new Dataset({ ...reader.parts(columns), close: () => rows.close() });
  } finally {
    if (!keepOpen) source.close();
  }
}

/** The places of the rows of a JSON file. */
function indexJson(source: SourceFile, options: RowsOptions): [RowReader, RowFile] {
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

  const from = reader.plan.texts.map(([, column]) => column);
  const decode = (row: string) => {
    const values = JSON.parse(row);
    return from.map((column) => {
      if (typeof values[column] === "string") return values[column];
      throw new TypeError(`Column "${column}" is no text any more`);
    });
  };
  return [reader, new RowFile({ source, offsets, lastCharacter: "}", decode })];
}

/** A reader that may know the columns already, and the rows that it is to read. */
interface Batches {
  readonly reader: RowReader;
  readonly rows: Iterable<ParsedRows> | AsyncIterable<ParsedRows>;
}

async function batchesOf(source: SourceFile, options: StreamOptions): Promise<Batches> {
  if (options.layout === "parquet") {
    const file = await ParquetFile.open(source);
    const reader = new RowReader(options, file.types);
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
  source: SourceFile,
  { reader, rows: batches }: Batches,
  { spoolDirectory }: StreamOptions,
): Promise<[RowReader, RowFile]> {
  const spool = new RowSpool(spoolDirectory);
  try {
    for await (const { rows, lineNumbers } of batches) {
      rows.forEach((row, index) => spool.add(reader.read(row, lineNumbers[index])));
    }
    source.check();
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
