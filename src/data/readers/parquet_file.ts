/**
 * Parquet files, some rows at a time.
 *
 * @module
 */
import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { InputError } from "../../errors.ts";
import type { ColumnType } from "../column_plan.ts";
import type { ParsedRows } from "./parsed_rows.ts";
import { checkParquetPages } from "./check_parquet_pages.ts";
import { classNames, FEATURES_KEY } from "./class_names.ts";
import { parquetTypes } from "./parquet_types.ts";
import type { TableFile } from "./table_file.ts";

/** Uncompressed bytes of the rows that are decoded at once. */
const BATCH_BYTES = 32 << 20;

/** The most rows of them: as many as common writers put into a row group. */
const BATCH_ROWS = 1 << 20;

type RowGroup = FileMetaData["row_groups"][number];

/** Bytes that can be read at any place; `SourceFile` is one. */
export interface RandomAccess {
  /** Its path, for error messages. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /**
   * Fills an array with bytes of the file.
   *
   * @param target Where they go.
   * @param position Where they start in the file.
   */
  readInto(target: Uint8Array, position: number): void;
}

/** A Parquet file whose end, which describes the rest, has been read. */
export class ParquetFile implements TableFile {
  /** What the columns hold, by name, in order. */
  readonly types: ReadonlyMap<string, ColumnType>;
  /** What classes are called, by name of the column that counts them. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
  readonly #path: string;
  readonly #file: AsyncBuffer;
  readonly #metadata: FileMetaData;

  private constructor(path: string, file: AsyncBuffer, metadata: FileMetaData) {
    this.#path = path;
    this.#file = file;
    this.#metadata = metadata;
    this.types = parquetTypes(metadata);
    const description = metadata.key_value_metadata?.find(({ key }) => key === FEATURES_KEY);
    this.classNames = classNames(description?.value);
  }

  /**
   * Reads the end of a file.
   *
   * @param source The file.
   * @returns It, ready to be read.
   * @throws {InputError} If it is no Parquet file.
   */
  static async open(source: RandomAccess): Promise<ParquetFile> {
    let holdsPages = (_start: number) => false;
    const file: AsyncBuffer = {
      byteLength: source.size,
      slice(start, end = source.size) {
        if (!(start >= 0 && start <= end && end <= source.size)) {
          throw new Error(`it speaks of bytes ${start} to ${end}, and has ${source.size}`);
        }
        const bytes = new Uint8Array(end - start);
        source.readInto(bytes, start);
        if (holdsPages(start)) checkParquetPages(bytes);
        return bytes.buffer;
      },
    };
    try {
      const metadata = await parquetMetadataAsync(file, { geoparquet: false });
      holdsPages = pagesOf(metadata);
      return new ParquetFile(source.path, file, metadata);
    } catch (cause) {
      throw notParquet(source.path, cause);
    }
  }

  /**
   * Reads the rows in order. A row group is decoded in parts of about 32 MiB; besides these, memory
   * holds the compressed columns of one row group, or of the part alone where the file has an index
   * of its pages.
   *
   * @param columns The columns to read, of texts or numbers.
   * @returns Some rows at a time, numbered from 1. Integers and booleans are numbers.
   * @throws {InputError} If the file is broken.
   */
  async *batches(columns: readonly string[]): AsyncGenerator<ParsedRows> {
    let first = 0;
    for (const group of this.#metadata.row_groups) {
      const { groupRows, step } = this.#partsOf(group, columns);
      const end = first + groupRows;
      for (; first < end; first += step) {
        yield await this.#read(columns, first, Math.min(end, first + step));
      }
      first = end;
    }
  }

  /** How many rows a group has, and how many of them are decoded at once. */
  #partsOf(group: RowGroup, columns: readonly string[]): { groupRows: number; step: number } {
    try {
      const groupRows = Number(group.num_rows);
      if (!Number.isSafeInteger(groupRows) || groupRows < 0) {
        throw new RangeError(`a group of ${group.num_rows} rows`);
      }
      const bytes = group.columns.reduce((sum, { meta_data: column }) => {
        const isRead = column !== undefined && columns.includes(column.path_in_schema[0]);
        return sum + (isRead ? Number(column.total_uncompressed_size) : 0);
      }, 0);
      const parts = Math.max(1, Math.ceil(bytes / BATCH_BYTES), Math.ceil(groupRows / BATCH_ROWS));
      const step = Math.ceil(groupRows / parts);
      return { groupRows, step };
    } catch (cause) {
      throw notParquet(this.#path, cause);
    }
  }

  async #read(columns: readonly string[], start: number, end: number): Promise<ParsedRows> {
    let records: unknown[][] = [];
    try {
      await parquetRead({
        file: this.#file,
        metadata: this.#metadata,
        columns: [...columns],
        rowStart: start,
        rowEnd: end,
        compressors,
        parsers: { stringFromBytes },
        useOffsetIndex: true,
        onComplete: (rows) => records = rows,
      });
    } catch (cause) {
      if (cause instanceof InputError) throw cause;
      throw notParquet(`rows ${start + 1} to ${end} of ${this.#path}`, cause);
    }
    return {
      rows: records.map((values) =>
        Object.fromEntries(columns.map((column, index) => [column, plain(values[index])]))
      ),
      lineNumbers: records.map((_, index) => start + index + 1),
    };
  }
}

/** Tells whether pages begin at a place of the file. */
function pagesOf({ row_groups: groups }: FileMetaData): (start: number) => boolean {
  const ranges = groups.flatMap(({ columns }) => columns).flatMap(({ meta_data: column }) => {
    if (column === undefined) return [];
    const start = Number(column.dictionary_page_offset || column.data_page_offset);
    return [[start, start + Number(column.total_compressed_size)]];
  }).sort(([a], [b]) => a - b);
  return (start) => {
    let [low, high] = [0, ranges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle][0] <= start) low = middle + 1;
      else high = middle;
    }
    return low > 0 && start < ranges[low - 1][1];
  };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function stringFromBytes(bytes: Uint8Array | undefined): string {
  // Without bytes there is no value, which the parser hands on as it is.
  return bytes === undefined ? bytes as unknown as string : decoder.decode(bytes);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as number[], plain);
  return Array.isArray(value) ? value.map(plain) : value;
}

function notParquet(what: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const { message } = cause as Error;
  return new InputError(`Cannot read ${what}: not a valid Parquet file (${message})`, { cause });
}
