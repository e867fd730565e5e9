import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readDataset } from "../../src/data/read_dataset.ts";
import { InputError } from "../../src/errors.ts";
import { arrowBytes, arrowTable } from "../support/arrow_tables.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("read dataset: what save_to_disk wrote, streamed or not, a split or a whole", async () => {
  const state = (...names: string[]) =>
    JSON.stringify({ _data_files: names.map((filename) => ({ filename })), _split: "train" });
  const part = (texts: string[], label: number[]) =>
    arrowBytes(arrowTable({ sentence: { utf8: texts }, label: { int64: label } }));
  await withFolder({
    "all/dataset_dict.json": '{"splits": ["train", "test"]}',
    "all/train/state.json": state("data-00000-of-00002.arrow", "data-00001-of-00002.arrow"),
    "all/train/dataset_info.json": '{"features": {"label": {"names": ["no", "yes"]}}}',
    "all/train/data-00000-of-00002.arrow": part(["a", "b"], [0, 1]),
    "all/train/data-00001-of-00002.arrow": part(["c"], [1]),
    "all/test/state.json": state("data-00000-of-00001.arrow"),
    "all/test/data-00000-of-00001.arrow": part(["d"], [0]),
  }, async (folder) => {
    const all = join(folder, "all");
    let read = 0;
    for (const path of [`${all}:train`, join(all, "train")]) {
      for (const streaming of [false, true]) {
        const columns = { text: "sentence" };
        const dataset = await readDataset(path, { streaming, columns });
        assertEquals([dataset.name, dataset.columns], ["train", ["text"]]);
        assertEquals([...dataset.text("text")], ["a", "b", "c"]);
        assertEquals(dataset.labels, [0, 1, 1]);
        dataset.close();
        read++;
      }
    }
    assertEquals(read, 4);
    assertEquals([...(await readDataset(`${all}:test`)).text("sentence")], ["d"]);
    await assertRejects(() => readDataset(all), InputError, "it has 2 splits; name one: ");
    await Deno.writeFile(
      join(all, "train/data-00001-of-00002.arrow"),
      arrowBytes(arrowTable({ sentence: { utf8: ["c"] } })),
    );
    await assertRejects(
      () => readDataset(`${all}:train`),
      InputError,
      'column "label" is missing, wanted Int64 as in ',
    );
  });
});
