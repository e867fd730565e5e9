/**
 * Why a data file cannot be read.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { isAccessDenied, isNotFound } from "../host/file_errors.ts";
import { missingPermission } from "../host/missing_permission.ts";

/**
 * The error to throw when reading a file failed.
 *
 * @param path The file.
 * @param cause What was thrown; an `InputError` is returned as it is.
 * @returns An error that names the file and the reason.
 */
export function readFailure(path: string, cause: unknown): InputError {
  if (cause instanceof InputError) return cause;
  return new InputError(`Cannot read ${path}: ${reason(cause)}`, { cause });
}

function reason(cause: unknown): string {
  if (isNotFound(cause)) return "no such file";
  const missing = missingPermission(cause);
  if (missing !== null) return missing;
  if (isAccessDenied(cause)) return "permission denied";
  if (cause instanceof TypeError) return "not valid UTF-8 text";
  return (cause as Error).message;
}
