/**
 * An open file that must not change while it is read.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import type { OpenFile } from "../../host/file_system.ts";
import { host } from "../../host/host.ts";
import { readAt } from "../../host/read_parts.ts";
import { readFailure } from "../read_failure.ts";

/** Bytes that one read of a pass over a file asks for. */
const CHUNK_BYTES = 1 << 20;

/**
 * A file open for reading at any place. Every read first compares size and modification time with
 * those at the opening; asking the system costs about as much as the read itself, a microsecond. A
 * file that is replaced by another of its name is not a change: the open one is still what it was.
 */
export class SourceFile {
  /** Its path, for error messages. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** When it was last changed. Unit: milliseconds since 1970; undefined where the system does not say. */
  readonly modified: number | undefined;
  readonly #file: OpenFile;
  #open = true;

  /**
   * Takes over an open file as it is now.
   *
   * @param file The file, open for reading; {@linkcode SourceFile.close} closes it.
   * @param path What to call it in error messages.
   */
  constructor(file: OpenFile, path: string) {
    const { size, mtime } = file.stat();
    this.path = path;
    this.size = size;
    this.#file = file;
    this.modified = mtime?.getTime();
  }

  /**
   * Opens a file.
   *
   * @param path The file.
   * @returns It, open.
   * @throws {InputError} If it cannot be opened.
   */
  static open(path: string): SourceFile {
    try {
      return new SourceFile(host().files.openSync(path), path);
    } catch (cause) {
      throw readFailure(path, cause);
    }
  }

  /**
   * Fills an array with bytes of the file.
   *
   * @param target Where they go.
   * @param position Where they start in the file.
   * @throws {InputError} If the file has changed or was closed.
   */
  readInto(target: Uint8Array, position: number): void {
    this.check();
    if (!readAt(this.#file, position, target)) throw this.#changed();
  }

  /**
   * Reads from some place to the end.
   *
   * @param position The place.
   * @returns The bytes in pieces; each is valid until the next is asked for.
   * @throws {InputError} If the file changes meanwhile.
   */
  *chunks(position: number): Generator<Uint8Array<ArrayBuffer>> {
    const buffer = new Uint8Array(Math.min(CHUNK_BYTES, this.size));
    for (let at = position; at < this.size; at += buffer.length) {
      const chunk = buffer.subarray(0, Math.min(buffer.length, this.size - at));
      this.readInto(chunk, at);
      yield chunk;
    }
    this.check();
  }

  /**
   * Compares the file with what it was when it was opened.
   *
   * @throws {InputError} If its size or modification time differ, or it was closed.
   */
  check(): void {
    if (!this.#open) {
      throw new InputError(`Cannot read ${this.path}: its dataset is closed`);
    }
    const { size, mtime } = this.#file.stat();
    if (size !== this.size || mtime?.getTime() !== this.modified) throw this.#changed();
  }

  /** Closes the file; it is no mistake to do so twice. */
  close(): void {
    if (this.#open) this.#file.close();
    this.#open = false;
  }

  #changed(): InputError {
    return new InputError(
      `Cannot read ${this.path}: it has changed since it was opened; ` +
        "leave it alone while it is used, and start again",
    );
  }
}
