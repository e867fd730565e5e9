/**
 * Adds to the end of a file.
 *
 * @module
 */
import { dirname } from "@std/path";
import { OutputError } from "../errors.ts";
import { isNotFound } from "../host/file_errors.ts";
import { host } from "../host/host.ts";
import { missingPermission } from "../host/missing_permission.ts";

/**
 * Adds bytes or text to the end of a file; the file and its directory are made where they are missing.
 * Nothing stays open, so a run may end at any time.
 *
 * @param path The file.
 * @param content What to add.
 * @throws {OutputError} If it cannot be written.
 */
export function appendFile(path: string, content: Uint8Array<ArrayBuffer> | string): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    try {
      host().files.writeFileSync(path, bytes, { append: true });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      host().files.mkdirSync(dirname(path));
      host().files.writeFileSync(path, bytes, { append: true });
    }
  } catch (cause) {
    throw new OutputError(
      `Cannot write ${path}: ${
        missingPermission(cause, dirname) ??
          `${(cause as Error).message}; free space, or choose another directory`
      }`,
      { cause },
    );
  }
}
