/**
 * The notebook of examples/ as a program.
 *
 * @module
 */
import { join, toFileUrl } from "@std/path";
import { ROOT } from "../../tools/repository.ts";

/** A cell of a notebook, of format 4. */
interface Cell {
  readonly cell_type: "code" | "markdown";
  readonly source: readonly string[];
  readonly outputs?: readonly unknown[];
}

/** A notebook, of format 4. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: { readonly kernelspec: { readonly name: string } };
  readonly nbformat: number;
}

/** Reads it. */
export async function readNotebook(): Promise<Notebook> {
  return JSON.parse(await Deno.readTextFile(join(ROOT, "examples/notebook.ipynb")));
}

/**
 * Puts its cells of code one after the other, as a kernel runs them.
 *
 * @returns A program that can lie anywhere.
 */
export async function notebookProgram(): Promise<string> {
  const { cells } = await readNotebook();
  return cells.filter((cell) => cell.cell_type === "code")
    .map(({ source }) => source.join("")).join("\n")
    .replaceAll('"../mod.ts"', `"${toFileUrl(join(ROOT, "mod.ts")).href}"`);
}
