/**
 * Runs benches by name: `deno task bench linear attention --json`; without a name all of them.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { UsageError } from "../src/errors.ts";
import { nearest } from "../src/nearest.ts";
import { ROOT } from "./repository.ts";

/** How the file of a bench ends. */
const ENDING = "_bench.ts";

/**
 * The benches that names mean.
 *
 * @param names What `NAME_bench.ts` is called, or its path; none for all.
 * @param benches The paths of all benches.
 * @returns Their paths, in the order of the names.
 * @throws {UsageError} If there is no such bench.
 */
export function benchFiles(names: readonly string[], benches: readonly string[]): string[] {
  if (names.length === 0) return [...benches];
  const byName = new Map(benches.map((path) => [basename(path, ENDING), path]));
  return names.map((name) => {
    const found = byName.get(basename(name, ENDING));
    if (found !== undefined && [found, basename(found), basename(found, ENDING)].includes(name)) {
      return found;
    }
    const known = [...byName.keys()];
    const guess = nearest(name, known);
    throw new UsageError(
      `Cannot run bench "${name}": there are ${known.join(", ")}` +
        (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  });
}

/**
 * Finds the benches of the repository.
 *
 * @param folder Where to look. Default: `bench`, with all folders in it.
 * @returns Their paths from the repository's folder on, with forward slashes, in alphabetical order.
 */
export async function listBenches(folder = "bench"): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = `${folder}/${name}`;
    if (isDirectory) paths.push(...await listBenches(path));
    else if (name.endsWith(ENDING)) paths.push(path);
  }
  return paths.sort();
}

if (import.meta.main) {
  // Names come first, flags of `deno bench` after them.
  const flag = Deno.args.findIndex((arg) => arg.startsWith("-"));
  const names = flag < 0 ? Deno.args : Deno.args.slice(0, flag);
  const flags = flag < 0 ? [] : Deno.args.slice(flag);
  try {
    const files = benchFiles(names, await listBenches());
    const args = ["bench", "-A", ...flags, ...files];
    const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT }).spawn().status;
    Deno.exit(code);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    Deno.exit(2);
  }
}
