/**
 * A file system in memory.
 *
 * @module
 */
import { FileError } from "./file_error.ts";
import type {
  DirectoryEntry,
  FileInfo,
  FileSystem,
  OpenFile,
  OpenOptions,
  TemporaryFile,
  TemporaryOptions,
  WriteOptions,
} from "./file_system.ts";
import { MemoryFile, MemoryNode } from "./memory_file.ts";

const encoder = new TextEncoder();

/**
 * Files and folders that are gone with the page or the process. Relative paths begin at the root `/`. Both
 * slashes part names, since paths are joined with the other one on Windows. There are no links but
 * second paths of a file.
 */
export class MemoryFiles implements FileSystem {
  readonly #nodes = new Map<string, MemoryNode>([["/", new MemoryNode(false)]]);

  /**
   * Makes files, with their folders.
   *
   * @param contents What they hold, by path. Default: there are none.
   */
  constructor(contents: Readonly<Record<string, Uint8Array | string>> = {}) {
    for (const [path, content] of Object.entries(contents)) {
      this.mkdirSync(parent(path));
      this.writeFileSync(path, content);
    }
  }

  /**
   * All files below a folder, such as those of a model to be offered for download.
   *
   * @param path The folder.
   * @returns What they hold, by their paths within it; valid until they are written to.
   */
  contents(path: string): Map<string, Uint8Array<ArrayBuffer>> {
    const start = inside(path);
    const found = [...this.#nodes].filter(([name, { isFile }]) => isFile && name.startsWith(start));
    return new Map(found.map(([name, { bytes }]) => [name.slice(start.length), bytes]));
  }

  // deno-lint-ignore require-await
  async stat(path: string): Promise<FileInfo> {
    return this.statSync(path);
  }

  statSync(path: string): FileInfo {
    return this.#get(path).info;
  }

  // deno-lint-ignore require-await
  async lstat(path: string): Promise<FileInfo> {
    return this.statSync(path);
  }

  absolute(path: string): string {
    return whole(path);
  }

  // deno-lint-ignore require-await
  async realPath(path: string): Promise<string> {
    this.#get(path);
    return whole(path);
  }

  // deno-lint-ignore require-await
  async readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.readFileSync(path);
  }

  readFileSync(path: string): Uint8Array<ArrayBuffer> {
    return this.#file(path).bytes.slice();
  }

  // deno-lint-ignore require-await
  async writeFile(
    path: string,
    content: Uint8Array | string,
    options?: WriteOptions,
  ): Promise<void> {
    this.writeFileSync(path, content, options);
  }

  writeFileSync(
    path: string,
    content: Uint8Array | string,
    { append = false, createNew = false }: WriteOptions = {},
  ): void {
    const node = this.#made(path, { create: true, createNew, truncate: !append });
    node.write(node.info.size, typeof content === "string" ? encoder.encode(content) : content);
  }

  // deno-lint-ignore require-await
  async open(path: string, options: OpenOptions = {}): Promise<OpenFile> {
    if (!options.write) return this.openSync(path);
    return new MemoryFile(this.#made(path, options), path, "write");
  }

  openSync(path: string): OpenFile {
    const node = this.#get(path);
    return new MemoryFile(node, path, "read");
  }

  openTemporary({ directory = "/tmp", prefix, suffix = "" }: TemporaryOptions): TemporaryFile {
    const path = whole(`${directory}/${prefix}${crypto.randomUUID()}${suffix}`);
    return { path, file: new MemoryFile(new MemoryNode(true), path, "both") };
  }

  // deno-lint-ignore require-await
  async mkdir(path: string): Promise<void> {
    this.mkdirSync(path);
  }

  mkdirSync(path: string): void {
    const names = whole(path).split("/").slice(1);
    for (let count = 1; count <= names.length; count++) {
      const name = `/${names.slice(0, count).join("/")}`;
      const found = this.#nodes.get(name);
      if (found === undefined) this.#nodes.set(name, new MemoryNode(false));
      else if (found.isFile) throw new FileError("EEXIST", name);
    }
  }

  async *readDir(path: string): AsyncGenerator<DirectoryEntry> {
    await Promise.resolve();
    yield* this.readDirSync(path);
  }

  readDirSync(path: string): DirectoryEntry[] {
    if (this.#get(path).isFile) throw new FileError("ENOTDIR", path);
    const start = inside(path);
    return [...this.#nodes].flatMap(([full, { isFile }]) => {
      const name = full.slice(start.length);
      if (!full.startsWith(start) || name === "" || name.includes("/")) return [];
      return [{ name, isFile, isDirectory: !isFile }];
    });
  }

  // deno-lint-ignore require-await
  async rename(from: string, to: string): Promise<void> {
    const node = this.#get(from);
    const [start, target] = [whole(from), whole(to)];
    if (start === target) return;
    if (target.startsWith(inside(start))) throw new FileError("EINVAL", to);
    const there = this.#nodes.get(target);
    this.#folder(parent(target));
    if (there !== undefined) {
      if (node.isFile && !there.isFile) throw new FileError("EISDIR", to);
      if (!node.isFile && there.isFile) throw new FileError("ENOTDIR", to);
      if (this.#below(target).length > 1) throw new FileError("ENOTEMPTY", to);
    }
    for (const name of this.#below(start)) {
      this.#nodes.set(target + name.slice(start.length), this.#nodes.get(name)!);
      this.#nodes.delete(name);
    }
  }

  // deno-lint-ignore require-await
  async remove(path: string, { recursive = false } = {}): Promise<void> {
    this.#get(path);
    const names = this.#below(path);
    if (!recursive && names.length > 1) throw new FileError("ENOTEMPTY", path);
    if (whole(path) === "/") throw new FileError("EINVAL", path);
    for (const name of names) this.#nodes.delete(name);
  }

  removeSync(path: string): void {
    this.#file(path);
    this.#nodes.delete(whole(path));
  }

  // deno-lint-ignore require-await
  async symlink(_target: string, path: string): Promise<void> {
    throw new FileError("EINVAL", path);
  }

  // deno-lint-ignore require-await
  async link(from: string, to: string): Promise<void> {
    const node = this.#file(from);
    if (this.#nodes.has(whole(to))) throw new FileError("EEXIST", to);
    this.#folder(parent(to));
    this.#nodes.set(whole(to), node);
  }

  // deno-lint-ignore require-await
  async copyFile(from: string, to: string): Promise<void> {
    this.writeFileSync(to, this.#file(from).bytes);
  }

  // deno-lint-ignore require-await
  async freeSpace(_path: string): Promise<number | null> {
    return null;
  }

  #get(path: string): MemoryNode {
    const name = whole(path);
    const node = this.#nodes.get(name);
    if (node !== undefined) return node;
    // As systems do: below a file there is nothing, and that is said.
    for (let above = parent(name); above !== "/"; above = parent(above)) {
      if (this.#nodes.get(above)?.isFile) throw new FileError("ENOTDIR", path);
    }
    throw new FileError("ENOENT", path);
  }

  #file(path: string): MemoryNode {
    const node = this.#get(path);
    if (!node.isFile) throw new FileError("EISDIR", path);
    return node;
  }

  #folder(path: string): void {
    if (this.#get(path).isFile) throw new FileError("ENOTDIR", path);
  }

  /** The file to be written, made where that is wanted. */
  #made(path: string, { create, createNew, truncate }: OpenOptions): MemoryNode {
    const name = whole(path);
    const found = this.#nodes.get(name);
    if (found !== undefined && createNew) throw new FileError("EEXIST", path);
    if (found === undefined && (create || createNew)) {
      this.#folder(parent(name));
      const node = new MemoryNode(true);
      this.#nodes.set(name, node);
      return node;
    }
    const node = this.#file(path);
    if (truncate) node.truncate(0);
    return node;
  }

  /** The paths of what is there and, for a folder, of all that is in it. */
  #below(path: string): string[] {
    const [name, start] = [whole(path), inside(path)];
    return [...this.#nodes.keys()].filter((key) => key === name || key.startsWith(start));
  }
}

/** A path from the root, without `.` and `..`. */
function whole(path: string): string {
  const parts: string[] = [];
  for (const part of path.split(/[\\/]/)) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function parent(path: string): string {
  return whole(`${path}/..`);
}

/** How the paths of all that is in a folder begin. */
function inside(path: string): string {
  const name = whole(path);
  return name === "/" ? name : `${name}/`;
}
