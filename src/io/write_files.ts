/**
 * Writing so that a reader, or the next run after a crash, sees either the old state or the new one:
 * write aside, sync, rename.
 *
 * @module
 */
import { basename, dirname, join } from "@std/path";
import { OutputError } from "../errors.ts";
import { isNotFound, refusedPath, systemCode } from "../host/file_errors.ts";
import type { FileInfo } from "../host/file_system.ts";
import { host } from "../host/host.ts";
import { missingPermission } from "../host/missing_permission.ts";
import { formatCount } from "../reporters/format.ts";
import { freeSpace } from "./free_space.ts";
import { TEMPORARY_PREFIX, temporarySibling } from "./temporary_name.ts";

/**
 * Writes a file: a reader never sees half of it, and when writing fails what was there stays.
 *
 * @param path Where to write; its directory must exist.
 * @param content Bytes, or text to be encoded as UTF-8.
 * @throws {OutputError} When the file cannot be written.
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array | string,
): Promise<void> {
  const target = await realPath(path);
  const temporary = temporarySibling(target);
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await host().files.writeFile(temporary, bytes, { createNew: true });
    await syncPath(temporary);
    await host().files.rename(temporary, target);
    await syncPath(dirname(target));
  } catch (error) {
    await removeQuietly(temporary);
    throw asOutputError(path, error);
  }
}

/**
 * Writes a directory as a whole and puts it in the place of what was there: everything that an
 * existing directory of this name held is gone afterwards, and still there when writing fails. A
 * process killed between the two renames of a replacement leaves both directories beside `path`,
 * under temporary names of the kinds `new` and `replaced` (`temporary_name.ts`).
 *
 * @param path The directory to make or replace; its parent is made when missing.
 * @param write Fills the empty directory that it is given.
 * @param size How many bytes it takes at least, to be told where they are not there.
 * @throws {OutputError} When a file cannot be written; other errors of `write` pass through.
 */
export async function writeDirectoryAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
  size: { bytes?: number } = {},
): Promise<void> {
  const target = await realPath(path);
  const temporary = temporarySibling(target);
  try {
    await host().files.mkdir(dirname(target));
    await host().files.mkdir(temporary);
    await write(temporary);
    await syncTree(temporary);
    await replaceDirectory(target, temporary);
    await syncPath(dirname(target));
  } catch (error) {
    const file = refusedPath(error)?.replace(temporary, path) ?? path;
    await discard(temporary);
    throw await withSpace(asOutputError(file, error), dirname(target), size);
  }
}

/**
 * Makes a directory when it is missing and checks that files can be made in it, so that a run fails
 * before training rather than at its first checkpoint.
 *
 * @param path The directory.
 * @throws {OutputError} When it cannot be made or written.
 */
export async function ensureWritableDirectory(path: string): Promise<void> {
  const probe = join(path, TEMPORARY_PREFIX + crypto.randomUUID());
  try {
    await host().files.mkdir(path);
    await host().files.writeFile(probe, new Uint8Array(1), { createNew: true });
    await host().files.remove(probe);
  } catch (error) {
    await removeQuietly(probe);
    throw asOutputError(path, error);
  }
}

/**
 * Removes a directory in one step: it is renamed first, so that half of it never looks whole. Takes
 * files too.
 *
 * @param path The directory.
 * @throws {OutputError} When it cannot be removed.
 */
export async function removeDirectoryAtomically(path: string): Promise<void> {
  const temporary = temporarySibling(host().files.absolute(path), "removed");
  try {
    await host().files.rename(path, temporary);
    await host().files.remove(temporary, { recursive: true });
  } catch (error) {
    throw asOutputError(path, error, "remove");
  }
}

async function replaceDirectory(target: string, temporary: string): Promise<void> {
  const existing = await statOrNull(target);
  if (existing === null) return await host().files.rename(temporary, target);
  if (!existing.isDirectory) throw new OutputError(`Cannot write ${target}: ${REASONS.EEXIST}`);
  const replaced = temporarySibling(target, "replaced");
  await host().files.rename(target, replaced);
  try {
    await host().files.rename(temporary, target);
  } catch (error) {
    await host().files.rename(replaced, target);
    throw error;
  }
  // The new directory is in place; a leftover of the old one is no reason to report failure.
  await discard(replaced);
}

/** Removes a directory so that half of it never looks whole, and reports nothing. */
async function discard(directory: string): Promise<void> {
  try {
    await removeDirectoryAtomically(directory);
  } catch {
    // It was never made, or cannot be removed for the reason that is being reported.
  }
}

/** A symbolic link is followed, and stays. */
async function realPath(path: string): Promise<string> {
  try {
    return await host().files.realPath(path);
  } catch {
    return host().files.absolute(path);
  }
}

async function statOrNull(path: string): Promise<FileInfo | null> {
  try {
    return await host().files.stat(path);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

async function syncTree(directory: string): Promise<void> {
  for await (const entry of host().files.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) await syncTree(path);
    else if (entry.isFile) await syncPath(path);
  }
  await syncPath(directory);
}

async function syncPath(path: string): Promise<void> {
  const isDirectory = (await host().files.stat(path)).isDirectory;
  // Windows has no handle on a directory to sync, and wants write access to sync a file.
  if (isDirectory && host().process.os === "windows") return;
  using file = await host().files.open(path, { write: !isDirectory });
  await file.sync();
}

async function removeQuietly(path: string): Promise<void> {
  try {
    await host().files.remove(path, { recursive: true });
  } catch {
    // It was never made, or cannot be removed for the reason that is being reported.
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied; choose a directory that you may write",
  EPERM: "permission denied; choose a directory that you may write",
  EROFS: "the file system is read-only; choose another directory",
  ENOSPC: "no space is left on the device; free some, or choose another directory",
  EDQUOT: "the disk quota is used up; free some space, or choose another directory",
  EFBIG: "the file would be larger than this process may write; raise its limit, ulimit -f",
  ENOENT: "its directory does not exist",
  ENOTDIR: "a part of the path is a file, not a directory",
  EEXIST: "a file has this name; choose another",
  EISDIR: "a directory has this name; choose another",
};

/** Codes of a file system, or of a limit, that has no room. */
const FULL = /^(ENOSPC|EDQUOT|EFBIG)$/;

/** Says what was wanted and what is free, now that what was half written is gone again. */
async function withSpace(
  error: unknown,
  directory: string,
  { bytes }: { bytes?: number },
): Promise<unknown> {
  if (!(error instanceof OutputError) || bytes === undefined) return error;
  const { cause } = error;
  if (!FULL.test(systemCode(cause) ?? "")) return error;
  const free = await freeSpace(directory);
  const found = free === null ? "" : `found ${formatCount(free)}B free, `;
  return new OutputError(
    `${error.message} (${found}wanted at least ${formatCount(bytes)}B)`,
    { cause },
  );
}

/** Our own files lie beside others, so that the permission for their folder is needed. */
function folderOf(path: string): string {
  return basename(path).startsWith(".sentrain-") ? dirname(path) : path;
}

/**
 * What to throw where writing failed: only what the operating system refused becomes an `OutputError`, a
 * defect keeps its own type.
 *
 * @param path What could not be written.
 * @param error What was thrown.
 * @param action What could not be done with it. Default: write.
 * @returns The error.
 */
export function asOutputError(path: string, error: unknown, action: string = "write"): unknown {
  const missing = missingPermission(error, folderOf);
  if (missing !== null) {
    return new OutputError(`Cannot ${action} ${path}: ${missing}`, { cause: error });
  }
  const code = systemCode(error);
  if (code === null) return error;
  const reason = REASONS[code] ?? (error as Error).message;
  return new OutputError(`Cannot ${action} ${path}: ${reason}`, { cause: error });
}
