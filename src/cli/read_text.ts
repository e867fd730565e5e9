/**
 * Files that a command line names.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { missingPermission } from "../host/missing_permission.ts";

/** Stands for standard input in place of a file. */
export const STANDARD_INPUT = "-";

/**
 * Reads a text file, or standard input.
 *
 * @param file Its name; {@linkcode STANDARD_INPUT} for standard input.
 * @returns The text, without a byte order mark.
 * @throws {InputError} If it cannot be read or is not UTF-8.
 */
export async function readText(file: string): Promise<string> {
  const source = file === STANDARD_INPUT ? "standard input" : file;
  try {
    const bytes = file === STANDARD_INPUT
      ? await new Response(Deno.stdin.readable).bytes()
      : await Deno.readFile(file);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`Cannot read ${source}: ${reason(cause)}`, { cause });
  }
}

function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "no such file";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a directory, wanted a file";
  const missing = missingPermission(cause);
  if (missing !== null) return missing;
  if (cause instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (cause instanceof TypeError) return "it is not valid UTF-8 text";
  return (cause as Error).message;
}
