/**
 * `checksums.json`: size and SHA-256 of every file of a checkpoint, so that one that was damaged on disk
 * is refused by the name of the file. `sha256sum` gives the same digests.
 *
 * @module
 */
import { join } from "@std/path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { isNotFound } from "../host/file_errors.ts";
import { host } from "../host/host.ts";
import { readPieces } from "../host/read_parts.ts";
import { readText } from "../host/read_text.ts";
import { checkJson, encodeSortedJson, parseJson } from "./json.ts";

/** Name of the file. */
export const CHECKSUMS_NAME = "checksums.json";

/** Bytes that are read at a time: a file of any size is hashed in this much memory. */
const PIECE = 4 * 2 ** 20;

interface Checksum {
  bytes: number;
  sha256: string;
}

const schema = z.strictObject({
  version: z.literal(1),
  files: z.record(
    z.string(),
    z.strictObject({
      bytes: z.int().nonnegative(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, "wanted 64 hexadecimal digits"),
    }),
  ),
});

/**
 * Writes the checksums of everything that a directory holds.
 *
 * @param directory The directory.
 * @param later Texts of files that are yet to be written there, by name.
 */
export async function writeChecksums(
  directory: string,
  later: Readonly<Record<string, string>> = {},
): Promise<void> {
  const files: Record<string, Checksum> = {};
  for (const name of await filesIn(directory)) {
    if (name === CHECKSUMS_NAME) continue;
    files[name] = await checksumOf(join(directory, name));
  }
  for (const [name, text] of Object.entries(later)) {
    const bytes = new TextEncoder().encode(text);
    files[name] = { bytes: bytes.length, sha256: await host().bytes.digest("sha256", [bytes]) };
  }
  await host().files.writeFile(
    join(directory, CHECKSUMS_NAME),
    encodeSortedJson({ version: 1, files }),
  );
}

/**
 * Compares the files of a directory with their checksums. Files that have none are left alone.
 *
 * @param directory The directory.
 * @returns Whether there are checksums; false for a checkpoint of another program or an earlier release.
 * @throws {InputError} If a file is missing or differs, or the checksums cannot be read.
 */
export async function verifyChecksums(directory: string): Promise<boolean> {
  const source = join(directory, CHECKSUMS_NAME);
  let text: string;
  try {
    text = await readText(source);
  } catch (error) {
    if (isNotFound(error)) return false;
    throw unreadable(source, error);
  }
  const { files } = checkJson(schema, parseJson(text, source), source);
  for (const [name, wanted] of Object.entries(files)) {
    const path = join(directory, name);
    const found = await checksumOf(path);
    if (found.bytes !== wanted.bytes) throw differs(path, "size", found.bytes, wanted.bytes);
    if (found.sha256 !== wanted.sha256) throw differs(path, "digest", found.sha256, wanted.sha256);
  }
  return true;
}

function differs(
  path: string,
  what: string,
  found: number | string,
  wanted: number | string,
): InputError {
  return new InputError(
    `Cannot trust ${path}: its ${what} differs from that in ${CHECKSUMS_NAME}: found ${found}, wanted ${wanted}; the file was damaged or changed`,
  );
}

function unreadable(path: string, cause: unknown): InputError {
  const reason = isNotFound(cause)
    ? `it is missing, and ${CHECKSUMS_NAME} names it`
    : (cause as Error).message;
  return new InputError(`Cannot read ${path}: ${reason}`, { cause });
}

async function checksumOf(path: string): Promise<Checksum> {
  const { files, bytes: functions } = host();
  try {
    // A checkpoint has a dozen small files, and waiting for each would take longer than reading it.
    if (files.statSync(path).size <= PIECE) {
      const bytes = files.readFileSync(path);
      return { bytes: bytes.length, sha256: await functions.digest("sha256", [bytes]) };
    }
    let bytes = 0;
    const counted = async function* () {
      for await (const piece of readPieces(path, PIECE)) {
        bytes += piece.length;
        yield piece;
      }
    };
    const sha256 = await functions.digest("sha256", counted());
    return { bytes, sha256 };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Paths of all files, with slashes, in order. */
async function filesIn(directory: string, below = ""): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of host().files.readDir(join(directory, below))) {
    if (isDirectory) names.push(...await filesIn(directory, `${below}${name}/`));
    else names.push(below + name);
  }
  return names.sort();
}
