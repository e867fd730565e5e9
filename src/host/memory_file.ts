/**
 * Files in memory, one at a time.
 *
 * @module
 */
import { FileError } from "./file_error.ts";
import type { FileInfo, OpenFile } from "./file_system.ts";

let made = 0;

/** What lies behind one path of a memory's files, or several. */
export class MemoryNode {
  readonly #number = ++made;
  #buffer: Uint8Array<ArrayBuffer> | null;
  #size = 0;
  #changed = Date.now();
  /** Who has it locked, and who waits. */
  #holder: MemoryFile | null = null;
  readonly #waiting: (() => void)[] = [];

  /**
   * An empty one.
   *
   * @param isFile Whether it is a file, in place of a folder.
   */
  constructor(isFile: boolean) {
    this.#buffer = isFile ? new Uint8Array() : null;
  }

  /** Whether it is a file. */
  get isFile(): boolean {
    return this.#buffer !== null;
  }

  /** What is known of it. */
  get info(): FileInfo {
    return {
      isFile: this.isFile,
      isDirectory: !this.isFile,
      size: this.#size,
      mtime: new Date(this.#changed),
      ino: this.#number,
      dev: 0,
    };
  }

  /** What the file holds, until it is written to. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#buffer!.subarray(0, this.#size);
  }

  /**
   * Writes into the file.
   *
   * @param position Where to; what lies between its end and there is zeros. Unit: bytes.
   * @param bytes What to write; it is copied.
   */
  write(position: number, bytes: Uint8Array): void {
    const end = position + bytes.length;
    if (end > this.#buffer!.length) {
      // What is written in one piece takes no more than its own size.
      const grown = new Uint8Array(this.#size === 0 ? end : Math.max(end, 2 * this.#size));
      grown.set(this.bytes);
      this.#buffer = grown;
    }
    this.#buffer!.set(bytes, position);
    this.#size = Math.max(this.#size, end);
    this.#touch();
  }

  /**
   * Makes the file shorter or longer.
   *
   * @param length What it is to have; new bytes are zeros. Unit: bytes.
   */
  truncate(length: number): void {
    const cut = new Uint8Array(length);
    cut.set(this.bytes.subarray(0, length));
    this.#buffer = cut;
    this.#size = length;
    this.#touch();
  }

  /**
   * Locks the file for one that has it open.
   *
   * @param file Who wants it.
   * @returns Whether it has it.
   */
  tryLock(file: MemoryFile): boolean {
    this.#holder ??= file;
    return this.#holder === file;
  }

  /**
   * Waits until the file is not locked.
   *
   * @returns Done then; another may be first to lock it again.
   */
  released(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /**
   * Unlocks the file, where this one has it locked.
   *
   * @param file Who.
   */
  unlock(file: MemoryFile): void {
    if (this.#holder !== file) return;
    this.#holder = null;
    for (const go of this.#waiting.splice(0)) go();
  }

  /** Later than before, so that whoever compares times sees each change. */
  #touch(): void {
    this.#changed = Math.max(Date.now(), this.#changed + 1);
  }
}

/** A file in memory that is open. */
export class MemoryFile implements OpenFile {
  readonly #node: MemoryNode;
  readonly #path: string;
  readonly #mode: "read" | "write" | "both";
  #place = 0;
  #isOpen = true;

  /**
   * Opens a file.
   *
   * @param node The file.
   * @param path What it is called, for messages.
   * @param mode What may be done with it.
   */
  constructor(node: MemoryNode, path: string, mode: "read" | "write" | "both") {
    this.#node = node;
    this.#path = path;
    this.#mode = mode;
  }

  // deno-lint-ignore require-await
  async read(target: Uint8Array): Promise<number | null> {
    return this.readSync(target);
  }

  readSync(target: Uint8Array): number | null {
    this.#check("write");
    if (!this.#node.isFile) throw new FileError("EISDIR", this.#path);
    if (target.length === 0) return 0;
    const part = this.#node.bytes.subarray(this.#place, this.#place + target.length);
    target.set(part);
    this.#place += part.length;
    return part.length || null;
  }

  // deno-lint-ignore require-await
  async write(bytes: Uint8Array): Promise<void> {
    this.writeSync(bytes);
  }

  writeSync(bytes: Uint8Array): void {
    this.#check("read");
    this.#node.write(this.#place, bytes);
    this.#place += bytes.length;
  }

  seek(position: number): void {
    this.#check();
    this.#place = position;
  }

  // deno-lint-ignore require-await
  async truncate(length: number): Promise<void> {
    this.#check("read");
    this.#node.truncate(length);
  }

  // deno-lint-ignore require-await
  async sync(): Promise<void> {
    this.#check();
  }

  async lock(): Promise<void> {
    while (!await this.tryLock()) await this.#node.released();
  }

  // deno-lint-ignore require-await
  async tryLock(): Promise<boolean> {
    this.#check();
    return this.#node.tryLock(this);
  }

  stat(): FileInfo {
    this.#check();
    return this.#node.info;
  }

  close(): void {
    this.#check();
    this[Symbol.dispose]();
  }

  /** Closes the file, also where it is closed. */
  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#node.unlock(this);
  }

  /** Refuses what is closed, or opened in a mode that does not go with what is asked. */
  #check(wrong?: "read" | "write"): void {
    if (!this.#isOpen || this.#mode === wrong) throw new FileError("EBADF", this.#path);
  }
}
