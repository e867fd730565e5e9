/**
 * Folders of a test's own.
 *
 * @module
 */
import { dirname, join } from "@std/path";

/**
 * Runs a test with a new folder, which is removed afterwards.
 *
 * @param files What it holds, by path relative to it.
 * @param test What to do there.
 */
export async function withFolder(
  files: Readonly<Record<string, string | Uint8Array>>,
  test: (folder: string) => unknown,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [path, content] of Object.entries(files)) {
      const file = join(folder, path);
      await Deno.mkdir(dirname(file), { recursive: true });
      if (typeof content === "string") await Deno.writeTextFile(file, content);
      else await Deno.writeFile(file, content);
    }
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
