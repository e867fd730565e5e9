/**
 * Files that hold what can be made again: whatever is wrong with one, it is as if there were none.
 *
 * @module
 */
import { dirname } from "@std/path";
import { host } from "../host/host.ts";

/** The first number of a file: what kind it is. */
const MAGIC = 0x5345_4e49;

/** Magic number, checksum, bytes of the key, bytes of the content. Unit: bytes. */
const PREFIX = 16;

/**
 * Reads what was kept.
 *
 * @param path The file.
 * @param key What it must have been made from.
 * @returns The content, beginning at a multiple of 8 bytes of its buffer; null if there is none, it is
 *   damaged, or was made from something else.
 */
export async function readKept(path: string, key: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const bytes = await host().files.readFile(path);
    const [magic, sum, keyLength, length] = new Uint32Array(bytes.buffer, 0, 4);
    const start = contentStart(keyLength);
    if (magic !== MAGIC || bytes.length !== padded(start + length)) return null;
    if (sum !== checksum(bytes)) return null;
    const found = new TextDecoder().decode(bytes.subarray(PREFIX, PREFIX + keyLength));
    return found === key ? bytes.subarray(start, start + length) : null;
  } catch {
    return null;
  }
}

/**
 * Keeps something, unless it cannot be written. A reader never sees half of it.
 *
 * @param path The file; its folder is made.
 * @param key What it is made from.
 * @param content What to keep.
 */
export async function writeKept(path: string, key: string, content: Uint8Array): Promise<void> {
  const keyBytes = new TextEncoder().encode(key);
  const start = contentStart(keyBytes.length);
  const bytes = new Uint8Array(padded(start + content.length));
  bytes.set(keyBytes, PREFIX);
  bytes.set(content, start);
  const prefix = new Uint32Array(bytes.buffer, 0, 4);
  prefix.set([MAGIC, 0, keyBytes.length, content.length]);
  prefix[1] = checksum(bytes);
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    await host().files.mkdir(dirname(path));
    await host().files.writeFile(aside, bytes);
    await host().files.rename(aside, path);
  } catch {
    await host().files.remove(aside).catch(() => {});
  }
}

function contentStart(keyLength: number): number {
  return padded(PREFIX + keyLength);
}

function padded(length: number): number {
  return 8 * Math.ceil(length / 8);
}

/** A hash (FNV-1a of words) of all that stands behind it. */
function checksum(bytes: Uint8Array<ArrayBuffer>): number {
  const words = new Uint32Array(bytes.buffer, 8);
  let hash = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
  return hash >>> 0;
}
