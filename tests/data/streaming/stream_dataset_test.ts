import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { streamDataset, type StreamOptions } from "../../../src/data/streaming/stream_dataset.ts";
import { InputError } from "../../../src/errors.ts";
import { withFolder } from "../../support/with_folder.ts";

function parquet(texts: string[], numbers: number[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({
    columnData: [
      { name: "a", data: texts, type: "STRING" },
      { name: "label", data: numbers, type: "DOUBLE" },
      { name: "n", data: numbers, type: "INT32" },
    ],
    rowGroupSize: 2,
  }));
}

const FILES = {
  "x.jsonl": '{"a":"x","label":3,"n":3}\n{"a":"ü","label":4,"n":4}\n{"a":"","label":5,"n":5}',
  "x.json": '[{"a":"x","label":3,"n":3},\n{"a":"ü","label":4,"n":4},{"a":"","label":5,"n":5}]',
  "x.csv": "a,label,n\nx,3,3\nü,4,4\n,5,5\n",
  "x.tsv": "a\tlabel\tn\nx\t3\t3\nü\t4\t4\n\t5\t5\n",
  "x.parquet": parquet(["x", "ü", ""], [3, 4, 5]),
};
const LAYOUTS: Record<string, StreamOptions["layout"]> = {
  "x.jsonl": "json",
  "x.json": "json",
  "x.csv": "comma",
  "x.tsv": "tab",
  "x.parquet": "parquet",
};

Deno.test("streamDataset() keeps labels and lengths, reads texts, and leaves no file", async () => {
  await withFolder(FILES, async (folder) => {
    const spoolDirectory = join(folder, "spool");
    await Deno.mkdir(spoolDirectory);
    for (const [file, layout] of Object.entries(LAYOUTS)) {
      const options = { name: "x", layout, lengthColumn: "n", spoolDirectory };
      const dataset = await streamDataset(join(folder, file), options);
      assertEquals([dataset.name, dataset.length, dataset.columns], ["x", 3, ["a"]]);
      assertEquals([dataset.labels, dataset.lengths], [[3, 4, 5], [3, 4, 5]]);
      const texts = dataset.text("a");
      assertEquals([2, 1, 0, 1, -1, 3].map((row) => texts.at(row)), [
        "",
        "ü",
        "x",
        "ü",
        "",
        undefined,
      ]);
      assertEquals([...dataset.select([2, 0]).text("a")], ["", "x"]);
      dataset.close();
      assertThrows(() => texts.at(0), InputError, "its dataset is closed");
      assertEquals([...Deno.readDirSync(spoolDirectory)], []);
    }
  });
});

Deno.test("streamDataset() notices a changed JSON file, and has a copy of the others", async () => {
  await withFolder(FILES, async (folder) => {
    for (const [file, layout] of Object.entries(LAYOUTS)) {
      const path = join(folder, file);
      const dataset = await streamDataset(path, { name: "x", layout });
      await Deno.writeTextFile(path, "changed\n");
      const texts = dataset.text("a");
      if (layout === "json") {
        assertThrows(() => texts.at(1), InputError, `Cannot read ${path}: it has changed since`);
        assertThrows(() => [...texts], InputError, "it has changed since");
      } else {
        assertEquals([...texts], ["x", "ü", ""]);
      }
      dataset.close();
    }
  });
});

Deno.test("streamDataset() closes what it opened if a row is refused", async () => {
  const files: [string, StreamOptions["layout"], string, string][] = [
    ["x.jsonl", "json", '{"a":"x"}\n\n{"a":1}\n', 'row 3 of FILE: column "a" is 1, wanted a text'],
    ["x.jsonl", "json", '{"a":"x"}\n{"b":"x"}', 'row 2 of FILE: column "a" is missing; found "b"'],
    ["x.jsonl", "json", '{"a":"x"}\n[1]', "row 2 of FILE: found [1], wanted an object"],
    ["x.json", "json", '[{"a":"x"},\n{"a":}]', "row 2 of FILE: not valid JSON ("],
    ["x.json", "json", '[{"a":"x"}', "FILE: not valid JSON (the array does not end)"],
    ["x.json", "json", "[]", "FILE: it has no rows"],
    ["x.json", "json", " \n", "FILE: the file is empty"],
    ["x.csv", "comma", "a,label\nx,1\n\ny,z\n", 'row 4 of FILE: label column "label" is "z"'],
    ["x.csv", "comma", 'a,b\n"x\ny",1\nz\n', "row 4 of FILE: it has 1 fields, the header has 2"],
    ["x.csv", "comma", "a,b\n", "FILE: it has no rows"],
    ["x.csv", "comma", "\n \n", "FILE: the file is empty"],
    ["x.parquet", "parquet", "PAR1", "FILE: not a valid Parquet file ("],
  ];
  for (const [file, layout, contents, message] of files) {
    await withFolder({ [file]: contents }, async (folder) => {
      const path = join(folder, file);
      await assertRejects(
        () => streamDataset(path, { name: "x", source: path, layout }),
        InputError,
        `Cannot read ${message.replace("FILE", path)}`,
      );
    });
  }
});

Deno.test("streamDataset() refuses text that is no UTF-8", async () => {
  const bytes = new TextEncoder().encode('{"a":"x"}\n{"a":"?"}\n');
  bytes[bytes.lastIndexOf(0x3f)] = 0xff;
  await withFolder({ "x.jsonl": bytes, "x.csv": bytes }, async (folder) => {
    const [lines, table] = [join(folder, "x.jsonl"), join(folder, "x.csv")];
    await assertRejects(
      () => streamDataset(lines, { name: "x", layout: "json" }),
      InputError,
      `Cannot read row 2 of ${lines}: not valid UTF-8 text`,
    );
    await assertRejects(
      () => streamDataset(table, { name: "x", layout: "comma" }),
      InputError,
      `Cannot read ${table}: not valid UTF-8 text`,
    );
  });
});

/** Opens a dataset, reads rows in a scattered order and then all, and prints the memory it took. */
const MEASURE = `
  const { streamDataset } = await import(Deno.args[0]);
  const used = () => {
    gc();
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  const dataset = await streamDataset(Deno.args[1], { name: "x", layout: "json" });
  const opened = used() - before;
  const [a, b] = dataset.columns.map((column) => dataset.text(column));
  let characters = 0;
  for (let i = 0, row = 0; i < 60_000; i++, row = (row + 7919) % dataset.length) {
    characters += a.at(row).length;
  }
  for (const text of b) characters += text.length;
  console.log(JSON.stringify({ rows: dataset.length, opened, read: used() - before, characters }));
`;

Deno.test("streamDataset() keeps no texts in memory", async () => {
  const rows = 100_000;
  const length = 300;
  const line = (row: number) =>
    JSON.stringify({ a: `${row} `.padEnd(length, "a"), b: `${row} `.padEnd(length, "b") });
  await withFolder({}, async (folder) => {
    const path = join(folder, "x.jsonl");
    for (let row = 0; row < rows; row += 10_000) {
      const lines = Array.from({ length: 10_000 }, (_, index) => `${line(row + index)}\n`);
      await Deno.writeTextFile(path, lines.join(""), { append: true });
    }
    const root = new URL("../../../", import.meta.url);
    const module = new URL("src/data/streaming/stream_dataset.ts", root).href;
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--v8-flags=--expose-gc", MEASURE, module, path],
      cwd: fromFileUrl(root),
    }).output();
    assert(success, new TextDecoder().decode(stderr));
    const found = JSON.parse(new TextDecoder().decode(stdout));
    assertEquals([found.rows, found.characters], [rows, 160_000 * length]);
    // 8 bytes a row and the code; after reading, the cache of 16 MiB and a block of 1 MiB, too. The
    // texts of all rows would be 60 MB.
    assert(found.opened < 8 * rows + 4e6, `${found.opened} bytes`);
    assert(found.read < 8 * rows + 4e6 + 17 * 2 ** 20, `${found.read} bytes`);
  });
});
