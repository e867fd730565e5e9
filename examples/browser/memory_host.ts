/**
 * What sentrain asks its host for, in a page: files in memory under the names of Deno's functions, and a few
 * facts of a process.
 *
 * @module
 */

interface Entry {
  bytes: Uint8Array<ArrayBuffer> | null;
  changed: Date;
}

class NotFound extends Error {
  override readonly name = "NotFound";
}
class AlreadyExists extends Error {
  override readonly name = "AlreadyExists";
}
class Other extends Error {}

/** Files and folders by their paths, all of them absolute. */
export class MemoryFiles {
  readonly #entries = new Map<string, Entry>([["/", folder()]]);

  /** The files below a folder and what they hold, by their paths within it. */
  files(path: string): Map<string, Uint8Array<ArrayBuffer>> {
    const start = `${normal(path)}/`;
    const found = [...this.#entries].filter(([name, { bytes }]) => name.startsWith(start) && bytes);
    return new Map(found.map(([name, { bytes }]) => [name.slice(start.length), bytes!]));
  }

  /** The functions, for `globalThis.Deno`. */
  host(): Record<string, unknown> {
    const stat = (path: string) => {
      const { bytes, changed } = this.#get(path);
      const isFile = bytes !== null;
      return {
        isFile,
        isDirectory: !isFile,
        isSymlink: false,
        size: bytes?.length ?? 0,
        mtime: changed,
      };
    };
    const read = (path: string) => {
      const { bytes } = this.#get(path);
      if (bytes === null) throw new Other(`${path} is a folder`);
      return bytes.slice();
    };
    const text = (path: string) => new TextDecoder().decode(read(path));
    const write = (path: string, bytes: Uint8Array, { append = false, createNew = false } = {}) => {
      const name = normal(path);
      this.#get(parent(name));
      const before = this.#entries.get(name);
      if (createNew && before !== undefined) throw new AlreadyExists(path);
      const kept = append && before?.bytes ? before.bytes : new Uint8Array();
      const whole = new Uint8Array(kept.length + bytes.length);
      whole.set(kept);
      whole.set(bytes, kept.length);
      this.#entries.set(name, { bytes: whole, changed: new Date() });
    };
    const remove = (path: string) => {
      this.#get(path);
      for (const name of this.#below(path)) this.#entries.delete(name);
    };
    const later = <Arguments extends unknown[], Result>(work: (...args: Arguments) => Result) =>
    // deno-lint-ignore require-await
    async (...args: Arguments) => work(...args);
    return {
      stat: later(stat),
      statSync: stat,
      lstat: later(stat),
      realPath: later((path: string) => (this.#get(path), normal(path))),
      readFile: later(read),
      readFileSync: read,
      readTextFile: later(text),
      readTextFileSync: text,
      writeFile: later(write),
      writeTextFile: later((path: string, content: string, options?: { append?: boolean }) =>
        write(path, new TextEncoder().encode(content), options)
      ),
      mkdir: later((path: string) => {
        const parts = normal(path).split("/");
        for (let i = 2; i <= parts.length; i++) {
          this.#entries.set(parts.slice(0, i).join("/"), folder());
        }
      }),
      remove: later(remove),
      removeSync: remove,
      rename: later((from: string, to: string) => {
        this.#get(from);
        const [start, target] = [normal(from), normal(to)];
        for (const name of this.#below(from)) {
          this.#entries.set(target + name.slice(start.length), this.#entries.get(name)!);
          this.#entries.delete(name);
        }
      }),
      readDir: (path: string) => this.#list(path),
      open: later((path: string, { create = false, truncate = false } = {}) => {
        if (truncate || create && !this.#entries.has(normal(path))) write(path, new Uint8Array());
        return openFile({
          stat: () => stat(path),
          append: (bytes) => write(path, bytes, { append: true }),
          truncate: (length) => write(path, read(path).slice(0, length)),
        });
      }),
      ...PROCESS,
    };
  }

  #get(path: string): Entry {
    const entry = this.#entries.get(normal(path));
    if (entry === undefined) throw new NotFound(`no such file: ${path}`);
    return entry;
  }

  #below(path: string): string[] {
    const name = normal(path);
    return [...this.#entries.keys()].filter((key) => key === name || key.startsWith(`${name}/`));
  }

  async *#list(path: string): AsyncGenerator<unknown> {
    await Promise.resolve();
    this.#get(path);
    const start = normal(path) === "/" ? "/" : `${normal(path)}/`;
    for (const [name, { bytes }] of this.#entries) {
      const rest = name.slice(start.length);
      if (!name.startsWith(start) || rest === "" || rest.includes("/")) continue;
      yield { name: rest, isFile: bytes !== null, isDirectory: bytes === null, isSymlink: false };
    }
  }
}

function openFile(
  { stat, append, truncate }: {
    stat: () => unknown;
    append: (bytes: Uint8Array) => void;
    truncate: (length: number) => void;
  },
): unknown {
  const nothing = () => Promise.resolve();
  return {
    stat: () => Promise.resolve(stat()),
    write: (bytes: Uint8Array) => Promise.resolve((append(bytes), bytes.length)),
    writeSync: (bytes: Uint8Array) => (append(bytes), bytes.length),
    truncate: (length = 0) => Promise.resolve(truncate(length)),
    sync: nothing,
    syncData: nothing,
    lock: nothing,
    unlock: nothing,
    tryLock: () => Promise.resolve(true),
    close() {},
    [Symbol.dispose]() {},
  };
}

function folder(): Entry {
  return { bytes: null, changed: new Date() };
}

function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function parent(path: string): string {
  return normal(`${path}/..`);
}

const PROCESS = {
  build: { os: "browser", arch: "", target: "" },
  version: { deno: "", v8: "", typescript: "" },
  pid: 1,
  hostname: () => "page",
  cwd: () => "/",
  env: { get: () => undefined, set() {}, has: () => false, toObject: () => ({}) },
  permissions: {
    querySync: () => ({ state: "denied" }),
    query: () => Promise.resolve({ state: "denied" }),
  },
  memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 }),
  errors: {
    NotFound,
    AlreadyExists,
    NotADirectory: Other,
    NotCapable: Other,
    PermissionDenied: Other,
    IsADirectory: Other,
  },
};
