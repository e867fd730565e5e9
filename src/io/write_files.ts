/**
 * Writing so that a reader, or the next run after a crash, sees either the old state or the new one:
 * write aside, sync, rename.
 *
 * @module
 */
import { dirname, join, resolve } from "@std/path";
import { OutputError } from "../errors.ts";
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
    await Deno.writeFile(temporary, bytes, { createNew: true });
    await syncPath(temporary);
    await Deno.rename(temporary, target);
    await syncPath(dirname(target));
  } catch (error) {
    await removeQuietly(temporary);
    throw outputError(path, error);
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
 * @throws {OutputError} When a file cannot be written; other errors of `write` pass through.
 */
export async function writeDirectoryAtomically(
  path: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const target = await realPath(path);
  const temporary = temporarySibling(target);
  try {
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.mkdir(temporary);
    await write(temporary);
    await syncTree(temporary);
    await replaceDirectory(target, temporary);
    await syncPath(dirname(target));
  } catch (error) {
    await discard(temporary);
    throw outputError(path, error);
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
    await Deno.mkdir(path, { recursive: true });
    await Deno.writeFile(probe, new Uint8Array(1), { createNew: true });
    await Deno.remove(probe);
  } catch (error) {
    await removeQuietly(probe);
    throw outputError(path, error);
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
  const temporary = temporarySibling(resolve(path), "removed");
  try {
    await Deno.rename(path, temporary);
    await Deno.remove(temporary, { recursive: true });
  } catch (error) {
    throw outputError(path, error, "remove");
  }
}

async function replaceDirectory(target: string, temporary: string): Promise<void> {
  const existing = await statOrNull(target);
  if (existing === null) return await Deno.rename(temporary, target);
  if (!existing.isDirectory) throw new OutputError(`Cannot write ${target}: ${REASONS.EEXIST}`);
  const replaced = temporarySibling(target, "replaced");
  await Deno.rename(target, replaced);
  try {
    await Deno.rename(temporary, target);
  } catch (error) {
    await Deno.rename(replaced, target);
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
    return await Deno.realPath(path);
  } catch {
    return resolve(path);
  }
}

async function statOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function syncTree(directory: string): Promise<void> {
  for await (const entry of Deno.readDir(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory) await syncTree(path);
    else if (entry.isFile) await syncPath(path);
  }
  await syncPath(directory);
}

async function syncPath(path: string): Promise<void> {
  const isDirectory = (await Deno.stat(path)).isDirectory;
  // Windows has no handle on a directory to sync, and wants write access to sync a file.
  if (isDirectory && Deno.build.os === "windows") return;
  using file = await Deno.open(path, { read: true, write: !isDirectory });
  await file.sync();
}

async function removeQuietly(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
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
  ENOENT: "its directory does not exist",
  ENOTDIR: "a part of the path is a file, not a directory",
  EEXIST: "a file has this name; choose another",
  EISDIR: "a directory has this name; choose another",
};

/** Only what the operating system refused becomes an OutputError; a defect keeps its own type. */
function outputError(path: string, error: unknown, action: string = "write"): unknown {
  if (error instanceof Deno.errors.NotCapable) {
    return new OutputError(
      `Cannot ${action} ${path}: Deno was not given access; run it with --allow-read --allow-write`,
      { cause: error },
    );
  }
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  if (typeof code !== "string" || !/^E[A-Z0-9]+$/.test(code)) return error;
  const reason = REASONS[code] ?? (error as Error).message;
  return new OutputError(`Cannot ${action} ${path}: ${reason}`, { cause: error });
}
