/**
 * Reads a dataset from a file, by its extension, or from a directory.
 *
 * @module
 */

import { basename, extname } from "@std/path";
import { InputError } from "../errors.ts";
import { host } from "../host/host.ts";
import { Dataset, datasetFromRows, type RowsOptions } from "./dataset.ts";
import { readFailure } from "./read_failure.ts";
import { parseCsv } from "./readers/csv.ts";
import { readDatasetDirectory, splitDirectory } from "./readers/dataset_directory.ts";
import { JoinedTables } from "./readers/joined_tables.ts";
import { parseJson } from "./readers/json.ts";
import { parseJsonl } from "./readers/jsonl.ts";
import { openCompressed, uncompressedName } from "./readers/open_compressed.ts";
import { ParquetFile } from "./readers/parquet_file.ts";
import type { ParsedRows } from "./readers/parsed_rows.ts";
import type { TableFile } from "./readers/table_file.ts";
import { RowReader } from "./row_reader.ts";
import { SourceFile } from "./streaming/source_file.ts";
import { type FileLayout, streamDataset, streamTable } from "./streaming/stream_dataset.ts";

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
   * Folder of the temporary file into which streaming copies tables, Parquet and Arrow files, and into which
   * compressed files are decompressed; by default the system's, which `TMPDIR` names. Its name goes at once,
   * its space when the dataset is closed or the process ends.
   */
  readonly spoolDirectory?: string;
  /**
   * Folder where the places of rows in a streamed JSON file are kept, so that the next run need not look
   * for them, as long as size and modification time of the file are the same. Default: they are not kept.
   */
  readonly indexDirectory?: string | null;
}

/** A format of text, which may be compressed. */
interface TextFormat {
  readonly layout: FileLayout;
  readonly parse: (text: string, source: string) => ParsedRows;
}

const textFormats: Readonly<Record<string, TextFormat>> = {
  ".jsonl": { layout: "json", parse: parseJsonl },
  ".ndjson": { layout: "json", parse: parseJsonl },
  ".json": { layout: "json", parse: parseJson },
  ".csv": { layout: "comma", parse: (text, source) => parseCsv(text, source, ",") },
  ".tsv": { layout: "tab", parse: (text, source) => parseCsv(text, source, "\t") },
};

type OpenTable = (source: SourceFile) => Promise<TableFile>;

const openParquet: OpenTable = (source) => ParquetFile.open(source);

/** The package behind it takes a tenth of a second to load. */
const openArrow: OpenTable = async (source) => {
  const { ArrowFile } = await import("./readers/arrow_file.ts");
  return await ArrowFile.open(source);
};

const tableFormats: Readonly<Record<string, OpenTable>> = {
  ".parquet": openParquet,
  ".arrow": openArrow,
  ".feather": openArrow,
};

/** How rows become a dataset, and where it is kept. */
interface Reading extends RowsOptions {
  readonly streaming: boolean | undefined;
  readonly spoolDirectory: string | undefined;
  readonly indexDirectory: string | null | undefined;
}

/**
 * Reads a dataset from a file: JSON Lines (`.jsonl`, `.ndjson`), an array of objects or JSON Lines
 * (`.json`), a table with a header row (`.csv`, `.tsv`), all in UTF-8 and as they are or compressed (`.gz`,
 * `.zst`), Parquet (`.parquet`), or Arrow (`.arrow`, `.feather`). A directory is read that the library datasets
 * wrote with `save_to_disk`; of several splits `DIR:train` names one. {@linkcode datasetFromRows} says
 * which columns are texts and which is the label.
 *
 * A large file is streamed: its rows can be read in any order, as those in memory, but lie on disk. A
 * JSON file is read where it is, and must not change while the dataset is in use; that is noticed. Of
 * the others a temporary copy is made. {@linkcode Dataset.close} ends it.
 *
 * @param path The file, or the directory.
 * @throws {InputError} If the file is missing, empty or unreadable, its extension is unknown, or a
 * row is not as it should be.
 * @throws {OutputError} If the temporary copy cannot be written.
 */
export async function readDataset(
  path: string,
  options: ReadDatasetOptions = {},
): Promise<Dataset> {
  const { name, columns: columnMap, streaming, spoolDirectory, indexDirectory, ...rest } = options;
  const place = await splitDirectory(path);
  const size = await sizeOf(place);
  const where = { streaming, spoolDirectory, indexDirectory };
  const reading = (ownName: string): Reading => ({
    ...{ ...rest, ...where },
    ...{ name: name ?? ownName, source: path, columnMap },
  });
  if (size === null) {
    const { name, files } = await readDatasetDirectory(place);
    return await readTables(files, openArrow, reading(name));
  }
  const plain = uncompressedName(place);
  const extension = extname(plain ?? place);
  const ownName = basename(plain ?? place, extension);
  const format = textFormats[extension.toLowerCase()];
  if (format !== undefined) {
    return await readTexts(place, { ...reading(ownName), format, isCompressed: plain !== null });
  }
  const open = plain === null ? tableFormats[extension.toLowerCase()] : undefined;
  if (open === undefined) throw unknownExtension(path, basename(place).slice(ownName.length));
  if (size === 0) throw emptyFile(path);
  return await readTables([place], open, reading(ownName));
}

async function readTexts(
  path: string,
  { format, isCompressed, streaming, spoolDirectory, indexDirectory, ...options }: Reading & {
    format: TextFormat;
    isCompressed: boolean;
  },
): Promise<Dataset> {
  const source = isCompressed ? await openCompressed(path, spoolDirectory) : SourceFile.open(path);
  let keepOpen = false;
  try {
    if (source.size === 0) throw emptyFile(path);
    if (streaming ?? source.size >= STREAMING_BYTES) {
      keepOpen = true;
      // The decompressed file is a new one each time.
      const kept = isCompressed ? null : indexDirectory;
      const { layout } = format;
      return await streamDataset(source, {
        ...options,
        ...{ layout, spoolDirectory, indexDirectory: kept },
      });
    }
    const text = decoded(source);
    if (text.trim() === "") throw emptyFile(path);
    const { rows, lineNumbers } = format.parse(text, path);
    return datasetFromRows(rows, { ...options, lineNumbers });
  } finally {
    if (!keepOpen) source.close();
  }
}

/** Reads the files of one table. */
async function readTables(
  paths: readonly string[],
  open: OpenTable,
  { streaming, spoolDirectory, ...options }: Reading,
): Promise<Dataset> {
  const sources: SourceFile[] = [];
  try {
    for (const path of paths) sources.push(SourceFile.open(path));
    const parts = [];
    for (const source of sources) parts.push({ path: source.path, table: await open(source) });
    const table = new JoinedTables(parts);
    const size = sources.reduce((sum, { size }) => sum + size, 0);
    if (streaming ?? size >= STREAMING_BYTES) {
      return await streamTable(table, sources, { ...options, spoolDirectory });
    }
    const reader = new RowReader(options, table.types, table.classNames);
    const columns = reader.plan.texts.map((): string[] => []);
    for await (const { rows, lineNumbers } of table.batches(reader.sourceColumns)) {
      rows.forEach((row, index) => {
        reader.read(row, lineNumbers[index]).forEach((text, column) => columns[column].push(text));
      });
    }
    return new Dataset(reader.parts(columns));
  } finally {
    for (const source of sources) source.close();
  }
}

/** The size of a file; null for a directory. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const { isDirectory, size } = await host().files.stat(path);
    return isDirectory ? null : size;
  } catch (cause) {
    throw readFailure(path, cause);
  }
}

function decoded(source: SourceFile): string {
  try {
    const bytes = new Uint8Array(source.size);
    source.readInto(bytes, 0);
    // Drops a byte order mark.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw readFailure(source.path, cause);
  }
}

function emptyFile(path: string): InputError {
  return new InputError(`Cannot read ${path}: the file is empty`);
}

function unknownExtension(path: string, extension: string): InputError {
  const texts = Object.keys(textFormats);
  const known = [...texts, ...Object.keys(tableFormats)].map((each) => `"${each}"`).join(", ");
  return new InputError(
    `Cannot read ${path}: unknown extension "${extension}"; known are ${known}, ` +
      `and of texts ".gz" and ".zst" behind these`,
  );
}
