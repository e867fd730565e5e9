import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { z } from "zod";
import { type Field, field } from "../../src/train/arguments/field.ts";
import { argumentGroups, argumentNames } from "../../src/train/arguments/fields.ts";
import {
  argumentsPage,
  findStaleFiles,
  generatedFiles,
  writeGeneratedFiles,
} from "../../tools/generate_docs.ts";

Deno.test("findStaleFiles finds the generated files of the repository up to date", async () => {
  assertEquals(await findStaleFiles(), []);
});

Deno.test("argumentsPage has counts, a table a group and a row an argument", () => {
  const lines = argumentsPage().split("\n");
  assertEquals(argumentGroups.length, 13);
  assertEquals(
    lines.filter((line) => line.startsWith("## ")),
    argumentGroups.map(({ title }) => `## ${title}`),
  );
  const names = lines.flatMap((line) => /^\| `(\w+)` \|/.exec(line)?.[1] ?? []);
  assertEquals(names.length, 120 + 2);
  assertEquals(names, [...argumentNames]);
  const counts = lines.flatMap((line) =>
    /^\| (\w+) \| (\d+) \| (\d+) \|/.exec(line)?.slice(1) ?? []
  );
  assertEquals(counts, [
    ...["honoured", "81", "2"],
    ...["partly", "5", "0"],
    ...["alias", "9", "0"],
    ...["refused", "17", "0"],
    ...["inert", "8", "0"],
    ...["all", "120", "2"],
  ]);
});

Deno.test("argumentsPage says of each argument what it is and what becomes of it", () => {
  const record = (support: Field<number>["support"]) =>
    field({ schema: z.int(), default: 1, unit: "rows", doc: "A | B.", support }) as Field<unknown>;
  const [reason, instead] = ["too many", "use 1"];
  const page = argumentsPage([{
    title: "Sizes",
    fields: {
      one_size: record({ kind: "effect" }),
      two: record({ kind: "partly", values: [1, 2], reason, instead }),
      three: record({ kind: "alias", of: "two", as: 2 }),
      four: record({ kind: "refused", reason, instead }),
      five: record({ kind: "inert", note: "there is one" }),
    },
  }]);
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  assertEquals(
    rows[0],
    "| `one_size` | `--one-size` | an integer | rows | `1` | A \\| B. | honoured |",
  );
  assertEquals(rows.slice(1).map((row) => row.split(" | ").at(-1)), [
    "partly: `1`, `2`. The rest is refused: too many; use 1 |",
    "alias: sets `two` to `2` |",
    "refused: too many; use 1 |",
    "inert: there is one |",
  ]);
});

Deno.test("findStaleFiles finds what is missing or changed, and nothing after writing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const paths = [...generatedFiles().keys()];
    assertEquals(paths, [
      "docs/arguments.md",
      "docs/losses.md",
      "docs/evaluators.md",
      "schemas/training_arguments.schema.json",
    ]);
    assertEquals(
      await findStaleFiles(folder),
      paths.map((path) => `Cannot accept ${path}: it is missing; run the task generate`),
    );
    await writeGeneratedFiles(folder);
    assertEquals(await findStaleFiles(folder), []);
    await Deno.writeTextFile(join(folder, paths[0]), "changed\n");
    assertEquals(await findStaleFiles(folder), [
      `Cannot accept ${paths[0]}: it is not up to date; run the task generate`,
    ]);
    assert(JSON.parse(await Deno.readTextFile(join(folder, paths[3]))).properties.seed);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
