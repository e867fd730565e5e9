/**
 * Files that only Deno's functions for reading whole files see: reading them takes no time.
 *
 * @module
 */
import { dirname, join, resolve } from "@std/path";

type Path = string | URL;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Files below a folder; others beside them are missing, those elsewhere are on disk. */
export class MemoryFiles {
  readonly #folder: string;
  readonly #files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly #folders = new Set<string>();
  readonly #originals = {
    readFile: Deno.readFile,
    readTextFile: Deno.readTextFile,
    stat: Deno.stat,
  };

  /**
   * No files yet.
   *
   * @param folder The absolute path of a folder that is there.
   */
  constructor(folder: string) {
    this.#folder = folder;
    const { readFile, readTextFile, stat } = this.#originals;
    Deno.readFile = async (path, options) => {
      const found = this.#find(path);
      return found === undefined ? await readFile(path, options) : found.slice();
    };
    Deno.readTextFile = async (path, options) => {
      const found = this.#find(path);
      return found === undefined ? await readTextFile(path, options) : decoder.decode(found);
    };
    Deno.stat = async (path) => {
      const isDirectory = this.#folders.has(resolve(String(path)));
      const found = this.#find(path);
      if (found === undefined && !isDirectory) return await stat(path);
      const info = {
        isFile: !isDirectory,
        isDirectory,
        isSymlink: false,
        size: found?.length ?? 0,
      };
      return info as Deno.FileInfo;
    };
  }

  /**
   * Puts a file there, or another in its place.
   *
   * @param name Its path relative to the folder.
   * @param content Its content.
   */
  set(name: string, content: Uint8Array<ArrayBuffer> | string): void {
    const path = join(this.#folder, name);
    this.#files.set(path, typeof content === "string" ? encoder.encode(content) : content);
    for (
      let at = path.lastIndexOf("/");
      at > this.#folder.length;
      at = path.lastIndexOf("/", at - 1)
    ) {
      this.#folders.add(path.slice(0, at));
    }
  }

  /** The content of a file. */
  get(name: string): Uint8Array<ArrayBuffer> {
    return this.#files.get(join(this.#folder, name))!;
  }

  /** Gives Deno its functions back. */
  close(): void {
    Object.assign(Deno, this.#originals);
  }

  #find(path: Path): Uint8Array<ArrayBuffer> | undefined {
    const whole = resolve(String(path));
    const found = this.#files.get(whole);
    if (found !== undefined || this.#folders.has(whole)) return found;
    if (whole.includes("\0") || !this.#folders.has(dirname(whole))) return undefined;
    throw new Deno.errors.NotFound(`No such file: ${whole}`);
  }
}
