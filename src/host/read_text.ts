/**
 * Texts of files.
 *
 * @module
 */
import { host } from "./host.ts";

/** What is no UTF-8 becomes U+FFFD; a byte order mark stays. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a text.
 *
 * @param path The file.
 * @returns Its content.
 */
export async function readText(path: string): Promise<string> {
  return decoder.decode(await host().files.readFile(path));
}

/**
 * Reads a text at once.
 *
 * @param path The file.
 * @returns Its content.
 */
export function readTextSync(path: string): string {
  return decoder.decode(host().files.readFileSync(path));
}
