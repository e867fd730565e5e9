/**
 * What a file system has left.
 *
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname, resolve } from "@std/path";

/**
 * Asks for the space that is left to this process where a path lies, or is to lie.
 *
 * @param path The path.
 * @returns Bytes; null where the system does not tell.
 */
export async function freeSpace(path: string): Promise<number | null> {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "statfs" });
  if (state !== "granted") return null;
  for (let place = resolve(path);; place = dirname(place)) {
    try {
      const { bavail, bsize } = await statfs(place);
      return bavail * bsize;
    } catch {
      // What does not exist yet will lie where its parent does.
      if (place === dirname(place)) return null;
    }
  }
}
