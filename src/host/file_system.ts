/**
 * Files, as sentrain asks for them.
 *
 * @module
 */

/** What is known of a file or a folder. */
export interface FileInfo {
  /** Whether it is a file. */
  readonly isFile: boolean;
  /** Whether it is a folder. */
  readonly isDirectory: boolean;
  /** Unit: bytes. */
  readonly size: number;
  /** When it was last changed; null where that is not known. */
  readonly mtime: Date | null;
  /** Its number on its device: another file has another one; null where there are none. */
  readonly ino: number | null;
  /** The number of the device that it lies on. */
  readonly dev: number;
}

/** An entry of a folder. A link is neither file nor folder. */
export interface DirectoryEntry {
  /** Its name within the folder. */
  readonly name: string;
  /** Whether it is a file. */
  readonly isFile: boolean;
  /** Whether it is a folder. */
  readonly isDirectory: boolean;
}

/** How a file is opened. */
export interface OpenOptions {
  /** Whether it is opened to be written, in place of to be read. Default: false. */
  readonly write?: boolean;
  /** Whether it is made where it is missing. Default: false. */
  readonly create?: boolean;
  /** Whether it is made, and it is an error that it is there. Default: false. */
  readonly createNew?: boolean;
  /** Whether what it holds goes. Default: false. */
  readonly truncate?: boolean;
}

/** How a file is written. */
export interface WriteOptions {
  /** Whether the content is added at its end. Default: false, it takes the place of what was there. */
  readonly append?: boolean;
  /** Whether it is an error that the file is there. Default: false. */
  readonly createNew?: boolean;
}

/** A temporary file without a name. */
export interface TemporaryFile {
  /** What it was called, for messages. */
  readonly path: string;
  /** The file, open to be written and read. */
  readonly file: OpenFile;
}

/** What a temporary file is called, and where it lies. */
export interface TemporaryOptions {
  /** The folder. Default: that of the system. */
  readonly directory?: string;
  /** How its name begins. */
  readonly prefix: string;
  /** How its name ends. Default: with nothing. */
  readonly suffix?: string;
}

/** An open file, which has a place where the next bytes are read or written: at first its beginning. */
export interface OpenFile extends Disposable {
  /**
   * Reads bytes, some or as many as there is room for.
   *
   * @param target Where they go.
   * @returns How many were read; null at the end of the file.
   */
  read(target: Uint8Array): Promise<number | null>;
  /** As {@linkcode OpenFile.read}, at once. */
  readSync(target: Uint8Array): number | null;
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** As {@linkcode OpenFile.write}, at once. */
  writeSync(bytes: Uint8Array): void;
  /** Goes to a place. Unit: bytes from the beginning. */
  seek(position: number): void;
  /** Makes the file so long, the place of the next byte stays. Unit: bytes. */
  truncate(length: number): Promise<void>;
  /** Waits until what was written would survive a failure of power. */
  sync(): Promise<void>;
  /** Waits until no other open file has this one locked, and locks it until it is closed. */
  lock(): Promise<void>;
  /** As {@linkcode OpenFile.lock}, without waiting; tells whether it is locked now. Fails where there are no locks. */
  tryLock(): Promise<boolean>;
  /** What is known of it now. */
  stat(): FileInfo;
  /** Closes it; nothing else may be asked of it afterwards. */
  close(): void;
}

/**
 * Files and folders. A path has its parts between slashes; a relative one begins at a folder of the
 * host's choice.
 *
 * What fails throws an `Error` whose `name` or `code` tells the kind: `NotFound` or `ENOENT` for what is
 * missing, `AlreadyExists` or `EEXIST`, `NotADirectory` or `ENOTDIR`, `PermissionDenied` or `EACCES`. An
 * error of a file system has a `code`: one without is taken for a defect of the program.
 */
export interface FileSystem {
  /** What is known of a file or a folder; of a link, of what it leads to. */
  stat(path: string): Promise<FileInfo>;
  /** As {@linkcode FileSystem.stat}, at once. */
  statSync(path: string): FileInfo;
  /** As {@linkcode FileSystem.stat}, but of a link itself. */
  lstat(path: string): Promise<FileInfo>;
  /** The path from the root, whether there is anything or not. */
  absolute(path: string): string;
  /** The path from the root of what is there, without links. */
  realPath(path: string): Promise<string>;
  /** Reads all of a file. */
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  /** As {@linkcode FileSystem.readFile}, at once. */
  readFileSync(path: string): Uint8Array<ArrayBuffer>;
  /** Writes a file; a text as UTF-8. Its folder must be there. */
  writeFile(path: string, content: Uint8Array | string, options?: WriteOptions): Promise<void>;
  /** As {@linkcode FileSystem.writeFile}, at once. */
  writeFileSync(path: string, content: Uint8Array | string, options?: WriteOptions): void;
  /** Opens a file, to be read unless the options say otherwise. */
  open(path: string, options?: OpenOptions): Promise<OpenFile>;
  /** Opens a file at once, to be read. */
  openSync(path: string): OpenFile;
  /** Makes a temporary file, which nobody else can open and which is gone when it is closed. */
  openTemporary(options: TemporaryOptions): TemporaryFile;
  /** Makes a folder and those above it, as far as they are missing. */
  mkdir(path: string): Promise<void>;
  /** As {@linkcode FileSystem.mkdir}, at once. */
  mkdirSync(path: string): void;
  /** The entries of a folder, in any order. */
  readDir(path: string): AsyncIterable<DirectoryEntry>;
  /** As {@linkcode FileSystem.readDir}, at once. */
  readDirSync(path: string): Iterable<DirectoryEntry>;
  /** Gives a file or folder another path, at once for all who look. A file that had it is gone. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file or an empty folder; with `recursive` a folder with all that it holds. */
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
  /** Removes a file at once. */
  removeSync(path: string): void;
  /** Makes a link to a file; `target` counts from the link's folder. */
  symlink(target: string, path: string): Promise<void>;
  /** Gives a file a second path. */
  link(from: string, to: string): Promise<void>;
  /** Copies a file. */
  copyFile(from: string, to: string): Promise<void>;
  /** The bytes that are left where a path lies; null where that is not told. */
  freeSpace(path: string): Promise<number | null>;
}
