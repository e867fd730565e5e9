/**
 * What the checkers share: the text of every file of the repository, and how they report.
 *
 * @module
 */
import { fromFileUrl, join } from "@std/path";

/** Folder of the repository. */
export const ROOT: string = fromFileUrl(new URL("..", import.meta.url));

const GENERATED = new Set(["coverage", "node_modules", "output"]);

/**
 * Reads every text file below a folder, leaving out generated folders and hidden names but `.ci` and
 * `.gitignore`.
 *
 * @param folder Where to start.
 * @returns Text by path, relative to the folder, with forward slashes, in alphabetical order.
 */
export async function readRepository(folder: string = ROOT): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const path of (await listFiles(folder, "")).sort()) {
    const text = new TextDecoder().decode(await Deno.readFile(join(folder, path)));
    if (!text.includes("\0")) files.set(path, text);
  }
  return files;
}

async function listFiles(folder: string, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory, isFile } of Deno.readDir(join(folder, prefix))) {
    const isHidden = name.startsWith(".") && name !== ".ci" && name !== ".gitignore";
    if (isHidden || GENERATED.has(name)) continue;
    if (isDirectory) paths.push(...await listFiles(folder, `${prefix}${name}/`));
    else if (isFile) paths.push(prefix + name);
  }
  return paths;
}

/**
 * Prints what a checker found and ends the program, with exit code 1 when there is a problem.
 *
 * @param summary What was checked, with counts.
 * @param problems One sentence each.
 */
export function report(summary: string, problems: string[]): never {
  for (const problem of problems) console.error(problem);
  console.log(`${summary}: ${problems.length} problem${problems.length === 1 ? "" : "s"}`);
  Deno.exit(problems.length > 0 ? 1 : 0);
}
