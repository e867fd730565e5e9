/**
 * The files below a folder.
 *
 * @module
 */
import { join, relative } from "@std/path";

/** Paths of all files below a folder, relative to it, sorted. */
export async function walk(folder: string): Promise<string[]> {
  const files: string[] = [];
  const enter = async (directory: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(directory)) {
      const path = join(directory, name);
      if (isDirectory) await enter(path);
      else files.push(relative(folder, path));
    }
  };
  await enter(folder);
  return files.sort();
}
