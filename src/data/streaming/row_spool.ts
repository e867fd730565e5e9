/**
 * Rows of texts written to a temporary file, to be read again in any order.
 *
 * @module
 */
import { OutputError } from "../../errors.ts";
import type { OpenFile } from "../../host/file_system.ts";
import { host } from "../../host/host.ts";
import { missingPermission } from "../../host/missing_permission.ts";
import { Offsets } from "./offsets.ts";
import { RowFile } from "./row_file.ts";
import { SourceFile } from "./source_file.ts";

const BUFFER_BYTES = 1 << 20;

/**
 * Writes rows, one JSON array of texts a line. The file lies in the given folder, else in the
 * system's temporary one (`TMPDIR`), and is called `sentrain_rows_*.jsonl`. Its name is removed as
 * soon as it is open: the space comes back when the file is closed or the process ends, however it
 * ends, and nothing can be left behind.
 */
export class RowSpool {
  readonly #file: OpenFile;
  readonly #path: string;
  readonly #offsets = new Offsets();
  readonly #encoder = new TextEncoder();
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #buffered = 0;
  #written = 0;
  #finished = false;

  /**
   * An empty file.
   *
   * @param directory The folder; the system's by default.
   * @throws {OutputError} If it cannot be made.
   */
  constructor(directory?: string) {
    try {
      const name = { prefix: "sentrain_rows_", suffix: ".jsonl" };
      const { path, file } = host().files.openTemporary({ directory, ...name });
      this.#path = path;
      this.#file = file;
    } catch (cause) {
      throw new OutputError(
        `Cannot make a temporary file for the rows: ${
          missingPermission(cause) ??
            `${(cause as Error).message}; name a folder that can be written`
        }, or read the dataset into memory`,
        { cause },
      );
    }
  }

  /**
   * Adds a row.
   *
   * @param texts Its texts in the order of the columns.
   * @throws {OutputError} If it cannot be written.
   */
  add(texts: readonly string[]): void {
    this.#offsets.push(this.#written + this.#buffered);
    this.#write(`${JSON.stringify(texts)}\n`);
  }

  /**
   * Ends the writing.
   *
   * @returns The rows. Closing them closes the file; the spool is of no use any more.
   * @throws {OutputError} If the rest cannot be written.
   */
  finish(): RowFile {
    this.#flush();
    this.#finished = true;
    this.#offsets.push(this.#written);
    return new RowFile({
      source: new SourceFile(this.#file, this.#path),
      offsets: this.#offsets,
      lastCharacter: "]",
      decode: (row) => JSON.parse(row),
    });
  }

  /** Closes the file, unless it was handed over by {@linkcode RowSpool.finish}. */
  close(): void {
    if (!this.#finished) this.#file.close();
    this.#finished = true;
  }

  #write(text: string): void {
    for (let rest = text; rest !== "";) {
      const { read, written } = this.#encoder.encodeInto(
        rest,
        this.#buffer.subarray(this.#buffered),
      );
      this.#buffered += written;
      rest = rest.slice(read);
      if (rest !== "") this.#flush();
    }
  }

  #flush(): void {
    try {
      this.#file.writeSync(this.#buffer.subarray(0, this.#buffered));
    } catch (cause) {
      throw new OutputError(
        `Cannot write ${this.#path}: ${(cause as Error).message}; ` +
          "name a folder with more space, or read the dataset into memory",
        { cause },
      );
    }
    this.#written += this.#buffered;
    this.#buffered = 0;
  }
}
