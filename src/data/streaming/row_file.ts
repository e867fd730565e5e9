/**
 * Rows of texts in a file, read one by one in any order.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { Offsets } from "./offsets.ts";
import { RowCache } from "./row_cache.ts";
import type { SourceFile } from "./source_file.ts";

/** Memory for rows that were read lately. */
const CACHE_BYTES = 16 << 20;
/** What a pass over all rows reads at once, unless a row is longer. */
const BLOCK_BYTES = 1 << 20;

/** What a {@linkcode RowFile} is made of. */
export interface RowFileParts {
  /** The file; its closing is the row file's. */
  readonly source: SourceFile;
  /** Where each row starts, then where the last one ends. */
  readonly offsets: Offsets;
  /** The character that ends every row: what follows it up to the next row is no part of the row. */
  readonly lastCharacter: "}" | "]";
  /** From the text of a row to its texts in the order of the columns. */
  readonly decode: (row: string) => readonly string[];
}

/** Rows of texts on disk. Memory holds 8 bytes a row, and the rows that were read last. */
export class RowFile {
  readonly #parts: RowFileParts;
  readonly #lastByte: number;
  #cache = new RowCache(CACHE_BYTES);
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #buffer = new Uint8Array(1 << 12);

  /** Rows of a file that has been checked row by row. */
  constructor(parts: RowFileParts) {
    this.#parts = parts;
    this.#lastByte = parts.lastCharacter.charCodeAt(0);
  }

  /** The number of rows. */
  get length(): number {
    return this.#parts.offsets.length - 1;
  }

  /**
   * Reads one row, from the cache if it was read lately.
   *
   * @param row Its index.
   * @returns Its texts in the order of the columns.
   * @throws {RangeError} If there is no such row.
   * @throws {InputError} If the file has changed or was closed.
   */
  texts(row: number): readonly string[] {
    const cached = this.#cache.get(row);
    if (cached !== undefined) return cached;
    const { source, offsets } = this.#parts;
    const start = offsets.at(row);
    const length = offsets.at(row + 1) - start;
    if (length > this.#buffer.length) this.#buffer = new Uint8Array(2 * length);
    const bytes = this.#buffer.subarray(0, length);
    source.readInto(bytes, start);
    const texts = this.#decode(bytes, row);
    this.#cache.set(row, texts);
    return texts;
  }

  /** All rows in order, read in large blocks and past the cache. */
  *[Symbol.iterator](): Generator<readonly string[]> {
    const { source, offsets } = this.#parts;
    let block = new Uint8Array(BLOCK_BYTES);
    for (let first = 0; first < this.length;) {
      const start = offsets.at(first);
      let end = first + 1;
      while (end < this.length && offsets.at(end + 1) - start <= BLOCK_BYTES) end++;
      const length = offsets.at(end) - start;
      if (length > block.length) block = new Uint8Array(length);
      source.readInto(block.subarray(0, length), start);
      for (; first < end; first++) {
        const bytes = block.subarray(offsets.at(first) - start, offsets.at(first + 1) - start);
        yield this.#decode(bytes, first);
      }
    }
  }

  /** Closes the file and forgets its rows. */
  close(): void {
    this.#cache = new RowCache(0);
    this.#parts.source.close();
  }

  #decode(bytes: Uint8Array, row: number): readonly string[] {
    const { source, decode } = this.#parts;
    try {
      const end = bytes.lastIndexOf(this.#lastByte) + 1;
      return decode(this.#decoder.decode(bytes.subarray(0, end)));
    } catch (cause) {
      throw new InputError(
        `Cannot read row index ${row} of ${source.path}: it is not what it was when the file was ` +
          "opened; leave the file alone while it is used, and start again",
        { cause },
      );
    }
  }
}
