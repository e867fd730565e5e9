/**
 * Files that only Deno's functions for reading see: reading them takes no time.
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
    open: Deno.open,
    openSync: Deno.openSync,
    realPath: Deno.realPath,
  };

  /**
   * No files yet.
   *
   * @param folder The absolute path of a folder that is there.
   */
  constructor(folder: string) {
    this.#folder = folder;
    const { readFile, readTextFile, stat, open, openSync, realPath } = this.#originals;
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
    Deno.realPath = async (path) => {
      const isThere = this.#folders.has(resolve(String(path))) || this.#find(path) !== undefined;
      return isThere ? resolve(String(path)) : await realPath(path);
    };
    Deno.open = async (path, options) => {
      const found = this.#find(path);
      return found === undefined ? await open(path, options) : opened(found);
    };
    Deno.openSync = (path, options) => {
      const found = this.#find(path);
      return found === undefined ? openSync(path, options) : opened(found);
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

/** What readers use of an open file. */
function opened(content: Uint8Array<ArrayBuffer>): Deno.FsFile {
  let place = 0;
  const info = { isFile: true, isDirectory: false, size: content.length, mtime: null, ino: null };
  const file = {
    statSync: () => info,
    stat: () => Promise.resolve(info),
    seekSync: (to: number) => place = to,
    readSync(target: Uint8Array): number | null {
      const part = content.subarray(place, place + target.length);
      target.set(part);
      place += part.length;
      return part.length === 0 ? null : part.length;
    },
    close() {},
    [Symbol.dispose]() {},
  };
  return file as unknown as Deno.FsFile;
}
