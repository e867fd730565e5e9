/**
 * A file as a `Blob` that holds none of it.
 *
 * @module
 */
import type { OpenFile } from "../host/file_system.ts";
import { host } from "../host/host.ts";

/** Bytes that are read at a time. */
const PIECE = 1 << 18;

/** A file, or a part of one, that is read when it is wanted: files of weights are large. */
export class FileBlob extends Blob {
  readonly #path: string;
  readonly #start: number;
  readonly #end: number;

  private constructor(path: string, start: number, end: number) {
    super();
    this.#path = path;
    this.#start = start;
    this.#end = end;
  }

  /**
   * Looks how long a file is.
   *
   * @param path The file, which must not change while the blob is used.
   * @returns The whole file.
   */
  static async open(path: string): Promise<FileBlob> {
    return new FileBlob(path, 0, (await host().files.stat(path)).size);
  }

  /** Its length. Unit: bytes. */
  override get size(): number {
    return this.#end - this.#start;
  }

  /**
   * A part of it.
   *
   * @param start Where the part begins; negative from the end on.
   * @param end Where it ends; negative from the end on. Default: the end.
   * @returns The part.
   */
  override slice(start = 0, end: number = this.size): FileBlob {
    const place = (at: number) => Math.max(0, Math.min(at < 0 ? this.size + at : at, this.size));
    const from = place(start);
    const to = Math.max(from, place(end));
    return new FileBlob(this.#path, this.#start + from, this.#start + to);
  }

  /** Reads all of it. */
  override async arrayBuffer(): Promise<ArrayBuffer> {
    return await new Response(this.stream()).arrayBuffer();
  }

  /** Reads all of it as UTF-8. */
  override async text(): Promise<string> {
    return await new Response(this.stream()).text();
  }

  /** Reads it in pieces; fails where the file has become shorter. */
  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let left = this.size;
    let file: OpenFile | null = null;
    const close = () => {
      file?.close();
      file = null;
    };
    return new ReadableStream({
      pull: async (controller) => {
        try {
          if (file === null && left > 0) {
            file = await host().files.open(this.#path);
            file.seek(this.#start);
          }
          const bytes = new Uint8Array(Math.min(PIECE, left));
          const count = left === 0 ? 0 : await file!.read(bytes);
          if (count === null) throw new Error(`Cannot read ${this.#path}: it has become shorter`);
          left -= count;
          if (count > 0) controller.enqueue(bytes.subarray(0, count));
          if (left > 0) return;
          close();
          controller.close();
        } catch (error) {
          close();
          throw error;
        }
      },
      cancel: close,
    }, { highWaterMark: 0 });
  }
}
