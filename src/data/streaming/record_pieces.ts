/**
 * Puts records together that lie across the chunks of a file.
 *
 * @module
 */
import { InputError } from "../../errors.ts";

/** The longest record that is put together: a text of V8 holds twice as many characters. */
export const MAX_RECORD_BYTES = 1 << 28;

/** A record of a file, not decoded yet. */
export interface ByteRecord {
  /** Its bytes, without what separates records; valid until the next record is asked for. */
  readonly bytes: Uint8Array;
  /** Where it starts in the file. */
  readonly offset: number;
  /** Its number in the file, from 1: the line it is on, or its place in an array. */
  readonly line: number;
}

/** How a file is split. */
export interface SplitOptions {
  /** Name of the file, for error messages. */
  readonly source: string;
  /** Where the first chunk starts in the file; 0 by default. */
  readonly start?: number;
  /** The longest record; 256 MiB by default. */
  readonly maxBytes?: number;
}

/** The pieces of the record that is being read. */
export class RecordPieces {
  readonly #source: string;
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** No piece yet. */
  constructor({ source, maxBytes = MAX_RECORD_BYTES }: SplitOptions) {
    this.#source = source;
    this.#maxBytes = maxBytes;
  }

  /** The bytes so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * Keeps a copy of a piece.
   *
   * @param piece The bytes.
   * @param line The number of the record, for the error message.
   * @throws {InputError} If the record is too long.
   */
  add(piece: Uint8Array, line: number): void {
    this.#checkLength(piece, line);
    if (piece.length > 0) this.#pieces.push(piece.slice());
    this.#length += piece.length;
  }

  /**
   * Ends the record.
   *
   * @param piece Its last bytes.
   * @param line The number of the record, for the error message.
   * @returns All of its bytes: the last piece itself if it is the only one.
   * @throws {InputError} If the record is too long.
   */
  take(piece: Uint8Array, line: number): Uint8Array {
    this.#checkLength(piece, line);
    if (this.#length === 0) return piece;
    const record = new Uint8Array(this.#length + piece.length);
    let at = 0;
    for (const part of [...this.#pieces, piece]) {
      record.set(part, at);
      at += part.length;
    }
    this.#pieces = [];
    this.#length = 0;
    return record;
  }

  #checkLength(piece: Uint8Array, line: number): void {
    if (this.#length + piece.length > this.#maxBytes) {
      throw new InputError(
        `Cannot read row ${line} of ${this.#source}: it is longer than ${this.#maxBytes} bytes; ` +
          "look for a quote or a line that does not end",
      );
    }
  }
}
