import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readDataset } from "../../src/data/read_dataset.ts";
import { InputError } from "../../src/errors.ts";

async function withFile(
  name: string,
  contents: string | Uint8Array,
  run: (path: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = join(directory, name);
    await Deno.writeFile(
      path,
      typeof contents === "string" ? new TextEncoder().encode(contents) : contents,
    );
    await run(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("read dataset: every extension gives the same rows", async () => {
  const jsonl =
    '{"anchor":"a","positive":"b","score":1}\n{"anchor":"c","positive":"é","score":0}\n';
  const files = {
    "pairs.jsonl": jsonl,
    "pairs.ndjson": jsonl,
    "pairs.json": `[${jsonl.trim().replace("\n", ",")}]`,
    "pairs.csv": "anchor,positive,score\na,b,1\nc,é,0\n",
    "pairs.TSV": "anchor\tpositive\tscore\na\tb\t1\nc\té\t0\n",
  };
  let read = 0;
  for (const [name, contents] of Object.entries(files)) {
    for (const text of [contents, `\uFEFF${contents}`, contents.replaceAll("\n", "\r\n")]) {
      await withFile(name, text, async (path) => {
        const dataset = await readDataset(path);
        assertEquals(dataset.name, "pairs");
        assertEquals(dataset.columns, ["anchor", "positive"]);
        assertEquals(dataset.text("anchor"), ["a", "c"]);
        assertEquals(dataset.text("positive"), ["b", "é"]);
        assertEquals(dataset.labels, [1, 0]);
        read++;
      });
    }
  }
  assertEquals(read, 15);
});

Deno.test("read dataset: a name and columns of one's own", async () => {
  await withFile("x.csv", "q,a\n1,2\n", async (path) => {
    const columns = { positive: "a", anchor: "q" };
    const dataset = await readDataset(path, { name: "mine", columns });
    assertEquals(dataset.name, "mine");
    assertEquals(dataset.columns, ["positive", "anchor"]);
    assertEquals(dataset.text("anchor"), ["1"]);
  });
});

Deno.test("read dataset: a number in a text column is an error in JSON, a text in CSV", async () => {
  await withFile("x.jsonl", '{"a":"x"}\n\n{"a":1}\n', async (path) => {
    await assertRejects(
      () => readDataset(path),
      InputError,
      `Cannot read row 3 of ${path}: column "a" is 1, wanted a text`,
    );
  });
  await withFile("x.csv", "a\n1\n", async (path) => {
    assertEquals((await readDataset(path)).text("a"), ["1"]);
  });
});

Deno.test("read dataset: files that hold no data", async () => {
  const files: [string, string | Uint8Array, string][] = [
    ["x.jsonl", "", "the file is empty"],
    ["x.csv", "\uFEFF \n", "the file is empty"],
    ["x.csv", "a,b\n", "it has no rows"],
    ["x.json", "[]", "it has no rows"],
    ["x.csv", Uint8Array.of(97, 10, 0xff, 0xfe, 10), "not valid UTF-8 text"],
    ["x.parquet", "a", 'unknown extension ".parquet"; known are ".jsonl", ".ndjson", ".json", '],
    ["x", "a", 'unknown extension ""'],
  ];
  for (const [name, contents, problem] of files) {
    await withFile(name, contents, async (path) => {
      await assertRejects(() => readDataset(path), InputError, `Cannot read ${path}: ${problem}`);
    });
  }
  assertEquals(files.length, 7);
});

Deno.test("read dataset: a missing file and a directory", async () => {
  const directory = await Deno.makeTempDir({ suffix: ".csv" });
  await assertRejects(
    () => readDataset(directory),
    InputError,
    `Cannot read ${directory}: it is a directory, wanted a file`,
  );
  await Deno.remove(directory);
  await assertRejects(
    () => readDataset(directory),
    InputError,
    `Cannot read ${directory}: no such file`,
  );
});

Deno.test({
  name: "read dataset: without permission to read",
  permissions: { read: false },
  fn: async () => {
    await assertRejects(
      () => readDataset("pairs.csv"),
      InputError,
      "Cannot read pairs.csv: reading is not allowed; add --allow-read",
    );
  },
});
