/**
 * Arrow IPC files and streams, a record batch at a time.
 *
 * @module
 */
import {
  type AsyncRecordBatchFileReader,
  compressionRegistry,
  CompressionType,
  type RecordBatch,
  RecordBatchReader,
} from "apache-arrow";
import { decompress } from "fzstd";
import { InputError } from "../../errors.ts";
import type { ColumnType } from "../column_plan.ts";
import { arrowColumn } from "./arrow_column.ts";
import { arrowTypes } from "./arrow_types.ts";
import { checkArrowFile, checkArrowStream } from "./check_arrow_messages.ts";
import { classNames, FEATURES_KEY } from "./class_names.ts";
import { decodeLz4Frame } from "./lz4_frame.ts";
import type { RandomAccess } from "./parquet_file.ts";
import type { ParsedRows } from "./parsed_rows.ts";
import type { TableFile } from "./table_file.ts";

/** Rows that are handed on at once. */
const BATCH_ROWS = 1 << 14;

/** What a file begins and ends with; a stream does not. */
const MAGIC = new TextEncoder().encode("ARROW1");

compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes) });
compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });

type Reader = Awaited<ReturnType<typeof openReader>>;

/** A file or stream whose schema has been read. */
export class ArrowFile implements TableFile {
  /** What the columns hold, by name, in order. */
  readonly types: ReadonlyMap<string, ColumnType>;
  /** What classes are called, by name of the column that counts them. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
  readonly #source: RandomAccess;
  readonly #reader: Reader;

  private constructor(source: RandomAccess, reader: Reader) {
    this.#source = source;
    this.#reader = reader;
    this.types = arrowTypes(reader.schema.fields);
    this.classNames = classNames(reader.schema.metadata.get(FEATURES_KEY));
  }

  /**
   * Reads the schema.
   *
   * @param source The file.
   * @returns It, ready to be read.
   * @throws {InputError} If it is no Arrow file.
   */
  static async open(source: RandomAccess): Promise<ArrowFile> {
    try {
      (isFile(source) ? checkArrowFile : checkArrowStream)(source);
      const reader = await openReader(source);
      const names = reader.schema.fields.map(({ name }) => name);
      const twice = names.find((name, i) => names.indexOf(name) !== i);
      if (twice !== undefined) throw new Error(`two columns are called "${twice}"`);
      return new ArrowFile(source, reader);
    } catch (cause) {
      throw notArrow(source.path, cause);
    }
  }

  /**
   * Reads the rows in order. Memory holds one record batch: most writers make some of at most 64Ki rows.
   *
   * @param columns The columns to read, of texts or numbers.
   * @returns Some rows at a time, numbered from 1. Integers and booleans are numbers.
   * @throws {InputError} If the file is broken.
   */
  async *batches(columns: readonly string[]): AsyncGenerator<ParsedRows> {
    let first = 0;
    let count = 0;
    for (let batch = await this.#next(first); batch !== null; batch = await this.#next(first)) {
      yield* this.#rowsOf(batch, columns, first);
      first += batch.numRows;
      count++;
    }
    // A reader takes a batch that is not where it should be for the end.
    const wanted = isFile(this.#source) ? (this.#reader as FileReader).numRecordBatches : count;
    if (count < wanted) {
      throw notArrow(this.#source.path, new Error(`found ${count} of ${wanted} record batches`));
    }
  }

  async #next(first: number): Promise<RecordBatch | null> {
    try {
      const { done, value } = await this.#reader.next();
      return done ? null : value;
    } catch (cause) {
      throw notArrow(`the rows behind row ${first} of ${this.#source.path}`, cause);
    }
  }

  *#rowsOf(batch: RecordBatch, columns: readonly string[], first: number): Generator<ParsedRows> {
    try {
      const names = batch.schema.fields.map(({ name }) => name);
      const values = columns.map((column) => {
        const data = batch.data.children[names.indexOf(column)];
        if (data?.length !== batch.numRows) throw new Error(`column "${column}" is not complete`);
        return arrowColumn(data);
      });
      for (let start = 0; start < batch.numRows; start += BATCH_ROWS) {
        const length = Math.min(BATCH_ROWS, batch.numRows - start);
        yield {
          rows: Array.from(
            { length },
            (_, i) =>
              Object.fromEntries(columns.map((column, at) => [column, values[at](start + i)])),
          ),
          lineNumbers: Array.from({ length }, (_, i) => first + start + i + 1),
        };
      }
    } catch (cause) {
      throw notArrow(`the rows behind row ${first} of ${this.#source.path}`, cause);
    }
  }
}

type FileReader = AsyncRecordBatchFileReader;

/** The package takes Node's handles of files, of which it uses these. */
async function openReader(source: RandomAccess) {
  const handle = {
    fd: -1,
    stat: () => Promise.resolve({ size: source.size }),
    read(buffer: Uint8Array, offset: number, length: number, position: number) {
      source.readInto(buffer.subarray(offset, offset + length), position);
      return Promise.resolve({ bytesRead: length, buffer });
    },
    close: () => Promise.resolve(),
  };
  const reader = await RecordBatchReader.from(
    handle as unknown as Parameters<typeof RecordBatchReader.from>[0],
  );
  await reader.open();
  // None is made where there is no first message.
  if (reader.schema === undefined) throw new Error("it has no schema");
  return reader as unknown as FileReader;
}

function isFile(source: RandomAccess): boolean {
  if (source.size < MAGIC.length) return false;
  const head = new Uint8Array(MAGIC.length);
  source.readInto(head, 0);
  return MAGIC.every((byte, i) => head[i] === byte);
}

function notArrow(what: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  const { message } = cause as Error;
  return new InputError(
    `Cannot read ${what}: not a valid Arrow file or stream (${message})`,
    { cause },
  );
}
