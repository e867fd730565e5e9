/**
 * What a file system has left.
 *
 * @module
 */
import { dirname } from "@std/path";
import { host } from "../host/host.ts";

/**
 * Asks for the space that is left to this process where a path lies, or is to lie.
 *
 * @param path The path.
 * @returns Bytes; null where the system does not tell.
 */
export async function freeSpace(path: string): Promise<number | null> {
  const { files } = host();
  for (let place = files.absolute(path);; place = dirname(place)) {
    try {
      return await files.freeSpace(place);
    } catch {
      // What does not exist yet will lie where its parent does.
      if (place === dirname(place)) return null;
    }
  }
}
