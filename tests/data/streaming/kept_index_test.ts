import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { streamDataset, type StreamOptions } from "../../../src/data/streaming/stream_dataset.ts";
import { withFolder } from "../../support/with_folder.ts";

const ROWS = [3, 4, 5].map((n) => `{"a":"text ${n}","b":"other","label":${n},"n":${n},"x":{}}\n`);

/** Reads a file twice, what was kept being changed in between, and says what the second time gave. */
async function readAgain(
  change: (index: string, file: string) => Promise<void> | void,
  { rows = ROWS, ...options }: { rows?: readonly string[] } & Partial<StreamOptions> = {},
): Promise<{ texts: string[]; labels: unknown; lengths: unknown; columns: unknown; kept: number }> {
  let result: Awaited<ReturnType<typeof readAgain>> | null = null;
  await withFolder({ "x.jsonl": rows.join("") }, async (folder) => {
    const file = join(folder, "x.jsonl");
    const indexDirectory = join(folder, "cache", "rows");
    await Deno.utime(file, 1000, 1000);
    const read = () =>
      streamDataset(file, { name: "x", layout: "json", indexDirectory, ...options });
    const first = await read();
    const [{ name }] = Deno.readDirSync(indexDirectory);
    first.close();
    await change(join(indexDirectory, name), file);
    const second = await read();
    const { labels, lengths, columns, droppedColumns } = second;
    assertEquals(droppedColumns, options.lengthColumn ? ["x"] : ["n", "x"]);
    result = {
      texts: [...second.text("a")],
      labels,
      lengths: lengths && Array.from(lengths),
      columns,
      kept: [...Deno.readDirSync(indexDirectory)].length,
    };
    second.close();
  });
  return result!;
}

const WHOLE = {
  texts: ["text 3", "text 4", "text 5"],
  labels: [3, 4, 5],
  lengths: [3, 4, 5],
  columns: ["a", "b"],
  kept: 1,
};

Deno.test("KeptIndex gives the same dataset without reading the rows", async () => {
  const found = await readAgain(async (_, file) => {
    // Of the same size and time: whoever reads rows 0 and 1 as they are now has not used the index.
    await Deno.writeTextFile(file, ROWS.join("").replace("text 3", "TEXT 3").replace(":4,", ":9,"));
    await Deno.utime(file, 1000, 1000);
  }, { lengthColumn: "n" });
  assertEquals(found, { ...WHOLE, texts: ["TEXT 3", "text 4", "text 5"] });
});

Deno.test("KeptIndex forgets a file that has changed", async () => {
  const longer = await readAgain(async (_, file) => {
    await Deno.writeTextFile(file, ROWS.slice(0, 2).join(""));
    await Deno.utime(file, 1000, 1000);
  });
  assertEquals([longer.texts, longer.labels, longer.kept], [["text 3", "text 4"], [3, 4], 1]);
  const later = await readAgain(async (_, file) => {
    await Deno.writeTextFile(file, ROWS.toReversed().join(""));
    await Deno.utime(file, 1000, 2000);
  });
  assertEquals(later.labels, [5, 4, 3]);
});

Deno.test("KeptIndex passes over an index with any byte changed, or cut anywhere", async () => {
  let damages = 0;
  let bytes = new Uint8Array();
  await readAgain(async (index) => void (bytes = await Deno.readFile(index)));
  for (let at = 0; at < bytes.length; at += 41) {
    const flipped = bytes.slice();
    flipped[at] ^= 1 << at % 8;
    for (const damaged of [flipped, bytes.slice(0, at)]) {
      const { texts, labels, lengths } = await readAgain(
        (index) => Deno.writeFile(index, damaged),
        { lengthColumn: "n" },
      );
      assertEquals({ texts, labels, lengths, columns: ["a", "b"], kept: 1 }, WHOLE);
      damages++;
    }
  }
  assertEquals(damages > 8, true);
});

Deno.test("KeptIndex keeps options apart, and does without a folder that cannot be made", async () => {
  await withFolder({ "x.jsonl": ROWS.join(""), "cache": "a file" }, async (folder) => {
    const file = join(folder, "x.jsonl");
    await Deno.utime(file, 1000, 1000);
    const read = async (options: Partial<StreamOptions>) => {
      const dataset = await streamDataset(file, { name: "x", layout: "json", ...options });
      dataset.close();
      return dataset.columns;
    };
    const indexDirectory = join(folder, "rows");
    assertEquals(await read({ indexDirectory }), ["a", "b"]);
    assertEquals(await read({ indexDirectory, columnMap: { q: "b" } }), ["q"]);
    assertEquals(await read({ indexDirectory }), ["a", "b"]);
    assertEquals([...Deno.readDirSync(indexDirectory)].length, 2);
    assertEquals(await read({ indexDirectory: join(folder, "cache") }), ["a", "b"]);
  });
});

Deno.test("KeptIndex keeps nothing of a file that has just changed, or whose labels are lists", async () => {
  const lists = `{"a":"x","label":[1,2]}\n`;
  await withFolder({ "new.jsonl": ROWS.join(""), "lists.jsonl": lists }, async (folder) => {
    await Deno.utime(join(folder, "lists.jsonl"), 1000, 1000);
    const indexDirectory = join(folder, "rows");
    for (const name of ["new.jsonl", "lists.jsonl"]) {
      const options = { name, layout: "json" as const, indexDirectory };
      (await streamDataset(join(folder, name), options)).close();
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "lists.jsonl",
      "new.jsonl",
    ]);
  });
});
