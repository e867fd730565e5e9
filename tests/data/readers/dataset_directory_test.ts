import { assertEquals, assertRejects } from "@std/assert";
import { basename, join } from "@std/path";
import {
  readDatasetDirectory,
  splitDirectory,
} from "../../../src/data/readers/dataset_directory.ts";
import { InputError } from "../../../src/errors.ts";
import { withFolder } from "../../support/with_folder.ts";

const state = (...filenames: string[]) =>
  JSON.stringify({ _data_files: filenames.map((filename) => ({ filename })), _split: "train" });

Deno.test("readDatasetDirectory() finds the files of a dataset, in their order", async () => {
  await withFolder({ "state.json": state("b.arrow", "a.arrow") }, async (folder) => {
    assertEquals(await readDatasetDirectory(folder), {
      name: basename(folder),
      files: [join(folder, "b.arrow"), join(folder, "a.arrow")],
    });
  });
});

Deno.test("readDatasetDirectory() takes the only split, and asks which of several", async () => {
  const splits = (...names: string[]) => JSON.stringify({ splits: names });
  const files = { "dataset_dict.json": splits("train"), "train/state.json": state("a.arrow") };
  await withFolder(files, async (folder) => {
    const { name, files } = await readDatasetDirectory(folder);
    assertEquals([name, files], ["train", [join(folder, "train", "a.arrow")]]);
  });
  await withFolder({ ...files, "dataset_dict.json": splits("train", "test") }, async (folder) => {
    await assertRejects(
      () => readDatasetDirectory(folder),
      InputError,
      `Cannot read ${folder}: it has 2 splits; name one: ${folder}:train, ${folder}:test`,
    );
    assertEquals(await splitDirectory(`${folder}:train`), join(folder, "train"));
    assertEquals(await splitDirectory(join(folder, "train")), join(folder, "train"));
    assertEquals(await splitDirectory(`${folder}.gone:train`), `${folder}.gone:train`);
    assertEquals(
      (await readDatasetDirectory(await splitDirectory(`${folder}:train`))).name,
      "train",
    );
  });
});

Deno.test("splitDirectory() leaves a path alone that is there as it is", async () => {
  await withFolder({ "a/x.txt": "", "a:b/x.txt": "" }, async (folder) => {
    assertEquals(await splitDirectory(join(folder, "a:b")), join(folder, "a:b"));
    const file = join(folder, "a/x.txt:train");
    assertEquals(await splitDirectory(file), file);
  });
});

Deno.test("readDatasetDirectory() refuses what it cannot follow", async () => {
  const refused = async (files: Record<string, string>, message: string) =>
    await withFolder(files, async (folder) => {
      await assertRejects(() => readDatasetDirectory(folder), InputError, message);
    });
  await refused({}, "it is a directory without state.json and dataset_dict.json");
  await refused({ "state.json": "{" }, "state.json: not valid JSON");
  await refused({ "state.json": "{}" }, "state.json: ");
  await refused({ "state.json": state() }, "it has no rows");
  await refused({ "state.json": state("../a.arrow") }, "filename");
  await refused(
    { "state.json": '{"_data_files": [], "_indices_files": [{"filename": "i.arrow"}]}' },
    "its rows are chosen by a file of indices; call flatten_indices()",
  );
  for (const splits of [[], ["../out"], [".."], ["a/b"], [""]]) {
    await refused({ "dataset_dict.json": JSON.stringify({ splits }) }, "dataset_dict.json: ");
  }
});
