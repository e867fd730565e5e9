/**
 * What errors of files and of the network mean: told by their names and codes, since every host has
 * classes of its own.
 *
 * @module
 */
import { host } from "./host.ts";

/**
 * Whether something was not there.
 *
 * @param error What was thrown.
 * @returns Whether it is such an error.
 */
export function isNotFound(error: unknown): boolean {
  return isOf(error, "NotFound", "ENOENT");
}

/**
 * Whether a part of a path was no folder.
 *
 * @param error What was thrown.
 * @returns Whether it is such an error.
 */
export function isNotADirectory(error: unknown): boolean {
  return isOf(error, "NotADirectory", "ENOTDIR");
}

/**
 * Whether the operating system refused access.
 *
 * @param error What was thrown.
 * @returns Whether it is such an error.
 */
export function isAccessDenied(error: unknown): boolean {
  return isOf(error, "PermissionDenied", "EACCES") || isOf(error, "PermissionDenied", "EPERM");
}

const CONNECTION = ["Http", "ConnectionReset", "UnexpectedEof", "BrokenPipe"];

/**
 * Whether a connection broke.
 *
 * @param error What was thrown.
 * @returns Whether it is such an error.
 */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof Error && CONNECTION.includes(error.name);
}

/**
 * The system's name of what it refused.
 *
 * @param error What was thrown.
 * @returns Such as `ENOSPC`; null for what is no refusal of the system.
 */
export function systemCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^E[A-Z0-9]+$/.test(code)) return code;
  // Deno names common refusals alone and gives the number of others, such as 27 for a file too large.
  const number = / \(os error (\d+)\)/.exec(error.message)?.[1];
  if (number === undefined) return null;
  return number === "27" && host().process.os !== "windows" ? "EFBIG" : `E${number}`;
}

/**
 * The file that was refused.
 *
 * @param error What was thrown.
 * @returns Its path; undefined where the error does not tell.
 */
export function refusedPath(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { path } = error as { path?: unknown };
  if (typeof path === "string") return path;
  // Deno tells it at the end of the message alone.
  return /: (?:writefile|open) '(.+)'$/s.exec(error.message)?.[1];
}

function isOf(error: unknown, name: string, code: string): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === name || (error as { code?: unknown }).code === code;
}
