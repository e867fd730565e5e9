/**
 * How programs in pages are checked and run in a test: each is written to a file of its own, in which
 * the package's name is the path of this repository's module, and `numTrainEpochs: N` is `maxSteps: 2`.
 *
 * @module
 */
import { join, toFileUrl } from "@std/path";
import manifest from "../../deno.json" with { type: "json" };
import { ROOT } from "../../tools/repository.ts";
import { captureOutput } from "../support/capture_output.ts";

/**
 * Writes a program as it is tested.
 *
 * @param path The file.
 * @param text The program, as the page has it.
 */
export async function writeProgram(path: string, text: string): Promise<void> {
  let program = text.replaceAll(/\bnumTrainEpochs: [\d.]+/g, "maxSteps: 2");
  for (const [name, module] of Object.entries(manifest.exports)) {
    const specifier = join(manifest.name, name);
    program = program.replaceAll(`"${specifier}"`, `"${toFileUrl(join(ROOT, module)).href}"`);
  }
  await Deno.writeTextFile(path, program);
}

/**
 * Checks the types of programs, all at once.
 *
 * @param paths Their files.
 * @returns What the compiler says, or "".
 */
export async function checkPrograms(paths: readonly string[]): Promise<string> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", join(ROOT, "deno.json"), ...paths],
    env: { NO_COLOR: "1" },
  }).output();
  return success ? "" : new TextDecoder().decode(stderr);
}

/**
 * Runs a program in the working directory.
 *
 * @param path Its file.
 * @returns What it prints.
 */
export function runProgram(path: string): Promise<string> {
  return captureOutput(() => import(toFileUrl(path).href));
}
