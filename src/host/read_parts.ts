/**
 * Parts of files.
 *
 * @module
 */
import type { OpenFile } from "./file_system.ts";
import { host } from "./host.ts";

/**
 * Fills an array with bytes of a file.
 *
 * @param file The open file.
 * @param position Where they begin in it. Unit: bytes.
 * @param target Where they go.
 * @returns Whether it is full; false where the file ends before.
 */
export function readAt(file: OpenFile, position: number, target: Uint8Array): boolean {
  file.seek(position);
  for (let filled = 0; filled < target.length;) {
    const count = file.readSync(target.subarray(filled));
    if (count === null) return false;
    filled += count;
  }
  return true;
}

/**
 * Reads a file a piece at a time.
 *
 * @param path The file.
 * @param most The most bytes of a piece.
 * @returns The pieces; each is valid until the next is asked for.
 */
export async function* readPieces(path: string, most: number): AsyncGenerator<Uint8Array> {
  using file = await host().files.open(path);
  const piece = new Uint8Array(most);
  for (let read = await file.read(piece); read !== null; read = await file.read(piece)) {
    yield piece.subarray(0, read);
  }
}
