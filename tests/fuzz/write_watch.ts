/**
 * Notices what changes files outside of a folder.
 *
 * @module
 */
import { resolve } from "@std/path";

/** Functions of Deno that change the file system, with the number of paths that they take first. */
const WRITERS = {
  writeFile: 1,
  writeTextFile: 1,
  mkdir: 1,
  remove: 1,
  rename: 2,
  truncate: 1,
  copyFile: 2,
  symlink: 2,
  link: 2,
  create: 1,
  chmod: 1,
  utime: 1,
} as const;

/** A function of Deno by its name. */
type Api = Record<string, (...args: unknown[]) => unknown>;

/** Watches until it is stopped. */
export class WriteWatch {
  readonly #folder: string;
  readonly #originals = new Map<string, Api[string]>();
  #outside: string[] = [];

  /**
   * Begins to watch.
   *
   * @param folder Where files may be changed, by its absolute path.
   */
  constructor(folder: string) {
    this.#folder = folder;
    for (const [name, paths] of Object.entries(WRITERS)) {
      for (const suffix of ["", "Sync"]) {
        this.#replace(name + suffix, (args) => args.slice(0, paths));
      }
    }
    for (const name of ["open", "openSync"]) {
      this.#replace(name, ([path, options]) => isForWriting(options) ? [path] : []);
    }
    for (const name of ["makeTempFile", "makeTempDir"]) {
      for (const suffix of ["", "Sync"]) {
        this.#replace(name + suffix, ([options]) => [(options as { dir?: string })?.dir ?? "/tmp"]);
      }
    }
  }

  /** The paths outside that were changed since the last call. */
  take(): string[] {
    const outside = this.#outside;
    if (outside.length > 0) this.#outside = [];
    return outside;
  }

  /** Ends. */
  stop(): void {
    for (const [name, original] of this.#originals) (Deno as unknown as Api)[name] = original;
  }

  #replace(name: string, pathsOf: (args: unknown[]) => unknown[]): void {
    const deno = Deno as unknown as Api;
    const original = deno[name];
    this.#originals.set(name, original);
    deno[name] = (...args) => {
      for (const path of pathsOf(args)) {
        const whole = resolve(path instanceof URL ? path.pathname : String(path));
        if (whole !== this.#folder && !whole.startsWith(`${this.#folder}/`)) {
          this.#outside.push(`${name} ${whole}`);
        }
      }
      return original(...args);
    };
  }
}

function isForWriting(options: unknown): boolean {
  const { write, append, create, createNew, truncate } = (options ?? {}) as Deno.OpenOptions;
  return [write, append, create, createNew, truncate].includes(true);
}
