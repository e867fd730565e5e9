import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { gzipSync } from "node:zlib";
import { readDataset } from "../../src/data/read_dataset.ts";
import { InputError } from "../../src/errors.ts";
import { withFolder } from "../support/with_folder.ts";

async function withFile(
  name: string,
  contents: string | Uint8Array,
  run: (path: string) => Promise<void>,
): Promise<void> {
  await withFolder({ [name]: contents }, (folder) => run(join(folder, name)));
}

Deno.test("read dataset: files that hold no data", async () => {
  const files: [string, string | Uint8Array, string][] = [
    ["x.jsonl", "", "the file is empty"],
    ["x.csv", "\uFEFF \n", "the file is empty"],
    ["x.csv", "a,b\n", "it has no rows"],
    ["x.json", "[]", "it has no rows"],
    ["x.csv", Uint8Array.of(97, 10, 0xff, 0xfe, 10), "not valid UTF-8 text"],
    ["x.txt", "a", 'unknown extension ".txt"; known are ".jsonl", ".ndjson", ".json", '],
    ["x.parquet", "", "the file is empty"],
    ["x.parquet", "no parquet", "not a valid Parquet file ("],
    ["x", "a", 'unknown extension ""'],
    ["x.parquet.gz", "a", 'unknown extension ".parquet.gz"; known are ".jsonl", '],
    ["x.jsonl.gz", new Uint8Array(gzipSync("")), "the file is empty"],
    ["x.jsonl.gz", new Uint8Array(gzipSync(" \n")), "the file is empty"],
    ["x.arrow", "", "the file is empty"],
    ["x.arrow", "no arrow", "not a valid Arrow file or stream ("],
  ];
  for (const [name, contents, problem] of files) {
    await withFile(name, contents, async (path) => {
      await assertRejects(() => readDataset(path), InputError, `Cannot read ${path}: ${problem}`);
    });
  }
  assertEquals(files.length, 14);
});

Deno.test("read dataset: a missing file and a directory", async () => {
  const directory = await Deno.makeTempDir({ suffix: ".csv" });
  await assertRejects(
    () => readDataset(directory),
    InputError,
    `Cannot read ${directory}: it is a directory without state.json and dataset_dict.json, wanted a file`,
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
      "Cannot read pairs.csv: the permission to read pairs.csv is missing; add --allow-read=pairs.csv",
    );
  },
});
