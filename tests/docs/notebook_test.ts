import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "../support/with_folder.ts";
import { notebookProgram, readNotebook } from "./notebook.ts";
import { runProgram } from "./programs.ts";

Deno.test("notebook.ipynb is for Deno's kernel, and holds no output", async () => {
  const { cells, metadata, nbformat } = await readNotebook();
  assertEquals([metadata.kernelspec.name, nbformat], ["deno", 4]);
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  assertEquals([cells.length, code.length], [10, 5]);
  assertEquals(code.flatMap(({ outputs }) => outputs), []);
});

Deno.test("notebook.ipynb: its cells, run in turn, train a model that finds the answer", async () => {
  await withFolder({ "notebook.ts": await notebookProgram() }, async (folder) => {
    const [losses, ...found] = (await runProgram(join(folder, "notebook.ts"))).trim().split("\n");
    const values = losses.split(" ").map(Number);
    assertEquals([values.length, found.length], [6, 3]);
    assert(values[5] < values[0] / 2, losses);
    assertEquals(found[0], "The tracking page shows where your parcel is.");
  });
});
