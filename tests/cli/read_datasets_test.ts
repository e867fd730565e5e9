import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readDatasets } from "../../src/cli/read_datasets.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { withFolder } from "../support/with_folder.ts";

const FILES = {
  "a.tsv": "q\tr\ts\none\ttwo\tthree\n",
  "b/a.jsonl": '{"q": "four", "r": "five"}\n{"q": "six", "r": ""}\n',
};

Deno.test("readDatasets() names datasets by file or as it is told", async () => {
  await withFolder(FILES, async (folder) => {
    const [first, second] = [join(folder, "a.tsv"), join(folder, "b/a.jsonl")];
    assertEquals(await readDatasets([], undefined), []);
    const datasets = await readDatasets([first, `dev-1.x=${second}`], undefined);
    assertEquals(datasets.map(({ name, length }) => [name, length]), [["a", 1], ["dev-1.x", 2]]);
    assertEquals(datasets.map(({ columns }) => columns), [["q", "r", "s"], ["q", "r"]]);
  });
});

Deno.test("readDatasets() takes and renames columns in the order of --columns", async () => {
  await withFolder(FILES, async (folder) => {
    const [dataset] = await readDatasets([join(folder, "a.tsv")], "anchor = r, q");
    assertEquals(dataset.columns, ["anchor", "q"]);
    assertEquals(dataset.text("anchor"), ["two"]);
  });
});

Deno.test("readDatasets() passes its options on", async () => {
  const rows = '{"q": "four", "n": 3, "stars": 1, "label": "x"}\n';
  await withFolder({ "a.jsonl": rows }, async (folder) => {
    const file = join(folder, "a.jsonl");
    for (const streaming of [false, true]) {
      const options = { labelColumns: ["stars"], lengthColumn: "n", streaming };
      const [dataset] = await readDatasets([`one=${file}`], undefined, options);
      assertEquals([dataset.name, dataset.labels], ["one", [1]]);
      assertEquals(Array.from(dataset.lengths!), [3]);
      assertEquals(dataset.columns, ["q", "label"]);
      assertEquals(Array.isArray(dataset.text("q")), !streaming);
      dataset.close();
    }
    await assertRejects(
      () => readDatasets([file], undefined, { dropOtherColumns: false }),
      InputError,
      'column "n" is 3, wanted a text',
    );
  });
});

Deno.test("readDatasets() refuses columns that make no sense", async () => {
  const example = "wanted such as anchor=question,positive=answer";
  for (
    const [columns, found] of [
      ["", `found "", ${example}`],
      ["a,,b", `found "", ${example}`],
      ["=q", `found "=q", ${example}`],
      ["a=", `found "a=", ${example}`],
      ["a=q,a=r", `found "a=r" after another of that name, ${example}`],
    ]
  ) {
    const error = await assertRejects(() => readDatasets(["missing.tsv"], columns), UsageError);
    assertEquals(error.message, `Cannot read --columns "${columns}": ${found}`);
  }
  await withFolder(FILES, async (folder) => {
    await assertRejects(
      () => readDatasets([join(folder, "a.tsv")], "anchor=b=c"),
      InputError,
      'Cannot read column "b=c" of ',
    );
  });
});

Deno.test("readDatasets() refuses two of one name, and a name without a file", async () => {
  await withFolder(FILES, async (folder) => {
    const files = [join(folder, "a.tsv"), join(folder, "b/a.jsonl")];
    await assertRejects(
      () => readDatasets(files, undefined),
      UsageError,
      'there is another one of the name "a"; give it one of its own, NAME=FILE',
    );
  });
  for (const text of ["dev=", ""]) {
    await assertRejects(
      () => readDatasets([text], undefined),
      UsageError,
      `Cannot read dataset "${text}": wanted FILE or NAME=FILE`,
    );
  }
});
