/**
 * What a host throws where a file cannot be had.
 *
 * @module
 */

const KINDS = {
  ENOENT: ["NotFound", "No such file or directory"],
  EEXIST: ["AlreadyExists", "File exists"],
  ENOTDIR: ["NotADirectory", "Not a directory"],
  EISDIR: ["IsADirectory", "Is a directory"],
  ENOTEMPTY: ["Error", "Directory not empty"],
  EINVAL: ["InvalidInput", "Invalid argument"],
  EBADF: ["BadResource", "The file is not open for this"],
} as const;

/** Codes of what can go wrong with a file. */
export type FileErrorCode = keyof typeof KINDS;

/** The error of a file; {@linkcode FileError.code} says which. */
export class FileError extends Error {
  /** What went wrong, as the systems call it. */
  readonly code: FileErrorCode;
  /** The file or folder. */
  readonly path: string;

  /**
   * Says what went wrong.
   *
   * @param code What went wrong.
   * @param path The file or folder.
   */
  constructor(code: FileErrorCode, path: string) {
    const [name, text] = KINDS[code];
    super(`${text}: '${path}'`);
    this.name = name;
    this.code = code;
    this.path = path;
  }
}
