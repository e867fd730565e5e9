/**
 * Where the kernel choices of an adapter are kept between runs.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { readText } from "../host/read_text.ts";
import { cacheFolder } from "./cache_folder.ts";
import { ensureWritableDirectory, writeFileAtomically } from "./write_files.ts";

/**
 * The file for an adapter: `kernels/ADAPTER.json` in `SENTRAIN_CACHE`, else in `sentrain` of the system's
 * folder for caches.
 *
 * @param adapter The adapter's description.
 * @returns The path, or null where no folder is known.
 */
export function kernelChoicesPath(adapter: string): string | null {
  const folder = cacheFolder();
  const name = adapter.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return folder === null ? null : join(folder, "kernels", `${name || "unnamed"}.json`);
}

/**
 * Reads the choices for an adapter.
 *
 * @param adapter The adapter's description.
 * @returns Variants by op and class of shapes; none where there is no file, or none that can be read: the
 *   choices change nothing but speed.
 */
export async function readKernelChoices(adapter: string): Promise<Record<string, unknown>> {
  const path = kernelChoicesPath(adapter);
  if (path === null) return {};
  try {
    const { choices } = JSON.parse(await readText(path));
    return typeof choices === "object" && choices !== null ? choices : {};
  } catch {
    return {};
  }
}

/**
 * Writes the choices for an adapter, in place of those that were there.
 *
 * @param adapter The adapter's description.
 * @param choices Variants by op and class of shapes.
 * @returns The path, or null where no folder is known.
 * @throws {OutputError} If it cannot be written.
 */
export async function writeKernelChoices(
  adapter: string,
  choices: Readonly<Record<string, string>>,
): Promise<string | null> {
  const path = kernelChoicesPath(adapter);
  if (path === null) return null;
  await ensureWritableDirectory(dirname(path));
  await writeFileAtomically(path, `${JSON.stringify({ adapter, choices }, null, 2)}\n`);
  return path;
}
