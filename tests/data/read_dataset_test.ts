import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { Schema, Table } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { Random } from "../../src/data/random.ts";
import { readDataset, STREAMING_BYTES } from "../../src/data/read_dataset.ts";
import { InputError } from "../../src/errors.ts";
import { arrowBytes, arrowTable } from "../support/arrow_tables.ts";
import { withFolder } from "../support/with_folder.ts";

async function withFile(
  name: string,
  contents: string | Uint8Array,
  run: (path: string) => Promise<void>,
): Promise<void> {
  await withFolder({ [name]: contents }, (folder) => run(join(folder, name)));
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

/** Rows of nasty texts, with a number each. */
function randomRows(random: Random, count: number): [string, string, number][] {
  const parts = [
    "a",
    "Z ",
    "ü",
    "😀",
    "漢字",
    '"',
    '""',
    ",",
    "\t",
    "\\",
    "]",
    "}",
    "\n",
    "\n\n",
    "\uFEFF",
  ];
  const text = () =>
    Array.from({ length: random.integer(9) }, () => parts[random.integer(parts.length)]).join("");
  return Array.from({ length: count }, () => [text(), text(), random.integer(1000) / 8]);
}

function inArrow(rows: [string, string, number][], random: Random): Uint8Array {
  const table = arrowTable({
    a: { utf8: rows.map(([a]) => a) },
    score: { float32: rows.map(([, , score]) => score) },
    b: { utf8: rows.map(([, b]) => b) },
  }, 1 + random.integer(rows.length));
  return arrowBytes(table, random.integer(2) === 0 ? "stream" : "file");
}

/** The same rows in every format, with random blanks and line breaks where a format allows them. */
function inAllFormats(rows: [string, string, number][], random: Random): [string, Uint8Array][] {
  const any = <T>(values: readonly T[]) => values[random.integer(values.length)];
  const lineBreak = any(["\n", "\r\n"]);
  const mark = any(["", "\uFEFF"]);
  const breaks = () => lineBreak + any(["", "", lineBreak, `  ${lineBreak}`]);
  const last = any(["", lineBreak]);
  const objects = rows.map(([a, b, score]) => JSON.stringify({ a, score, b }));
  const table = (delimiter: string) => {
    const field = (text: string) =>
      /["\n,\t]/.test(text) || random.integer(3) === 0 ? `"${text.replaceAll('"', '""')}"` : text;
    const records = rows.map(([a, b, score]) => [field(a), score, field(b)].join(delimiter));
    const text = [["a", "score", "b"].join(delimiter), ...records].reduce((all, one) =>
      all + breaks() + one
    );
    return mark + text + last;
  };
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: "a", data: rows.map(([a]) => a), type: "STRING" },
      { name: "score", data: rows.map(([, , score]) => score), type: "DOUBLE" },
      { name: "b", data: rows.map(([, b]) => b), type: "STRING" },
    ],
    rowGroupSize: 1 + random.integer(rows.length),
    codec: any(["SNAPPY", "UNCOMPRESSED"]),
  });
  const texts = {
    "x.jsonl": mark + objects.reduce((all, one) => all + breaks() + one) + last,
    "x.json": `${mark} [${
      objects.reduce((all, one) => `${all} ,${breaks()}${one}`)
    }${breaks()}]${last}`,
    "x.csv": table(","),
    "x.tsv": table("\t"),
  };
  return [
    ...Object.entries(texts).map(([name, text]): [string, Uint8Array] => [
      name,
      new TextEncoder().encode(text),
    ]),
    ["x.parquet", new Uint8Array(parquet)],
    ["x.arrow", inArrow(rows, random)],
    ["x.jsonl.gz", new Uint8Array(gzipSync(texts["x.jsonl"]))],
    ["x.tsv.zst", new Uint8Array(zstdCompressSync(texts["x.tsv"]))],
  ];
}

Deno.test("read dataset: streamed or not, every format gives the rows that were written", async () => {
  const random = new Random("formats", 7);
  let read = 0;
  for (let trial = 0; trial < 20; trial++) {
    const rows = randomRows(random, 1 + random.integer(30));
    // One row is longer than what is read at once.
    if (trial === 0) rows[0][1] = "long 漢字 ".repeat(200_000);
    for (const [name, contents] of inAllFormats(rows, random)) {
      await withFile(name, contents, async (path) => {
        for (const streaming of [false, true]) {
          const dataset = await readDataset(path, { streaming });
          const wanted = [rows.map(([a]) => a), rows.map(([, b]) => b)];
          assertEquals([dataset.name, dataset.columns], ["x", ["a", "b"]]);
          assertEquals([...dataset.text("a")], wanted[0]);
          assertEquals([...dataset.text("b")], wanted[1]);
          const order = random.shuffle(Array.from(rows, (_, row) => row));
          for (const [index, column] of dataset.columns.entries()) {
            const texts = order.map((row) => dataset.text(column).at(row));
            assertEquals(texts, order.map((row) => wanted[index][row]));
          }
          assertEquals(dataset.labels, rows.map(([, , score]) => score));
          assertEquals(Array.isArray(dataset.text("a")), !streaming);
          dataset.close();
          read++;
        }
      });
    }
  }
  assertEquals(read, 320);
});

Deno.test("read dataset: streamed or not, a bad row is refused with the same words", async () => {
  const files: [string, string][] = [
    ["x.jsonl", '{"a":"x"}\n\n{"a":1}\n'],
    ["x.jsonl", '{"a":"x"}\n{"a":"y"\n'],
    ["x.jsonl", '{"a":"x"}\r\n\r\n"y"\r\n'],
    ["x.jsonl", '{"a":"x","label":1}\n{"a":"x","label":[1]}'],
    ["x.jsonl", '{"a":"x"}\n{"a":"x","b":"y"}'],
    ["x.jsonl", '{"dataset_name":"x"}'],
    ["x.jsonl", '{"label":1}'],
    ["x.jsonl", " \n\n"],
    ["x.json", '[{"a":"x"}, {"a":null}]'],
    ["x.json", '[{"a":"x"}, 3]'],
    ["x.json", "[]"],
    ["x.csv", 'a,label\n"x\ny",1\nz,\n'],
    ["x.csv", 'a,b\n"x\ny",1\nz\n'],
    ["x.csv", 'a,b\nx,1\ny,"z\n'],
    ["x.csv", "a,a\nx,1\n"],
    ["x.csv", "a,b\n"],
    ["x.csv", "\n\n"],
    ["x.parquet", "PAR1"],
  ];
  for (const [name, contents] of files) {
    await withFile(name, contents, async (path) => {
      const refused = async (streaming: boolean) =>
        (await assertRejects(() => readDataset(path, { streaming }), InputError)).message;
      assertEquals(await refused(true), await refused(false));
    });
  }
  assertEquals(files.length, 18);
});

Deno.test("read dataset: columns of Parquet files by their type", async () => {
  const columnData = [
    { name: "text", data: ["x", "y"], type: "STRING" as const },
    { name: "when", data: [new Date(0), new Date(1)], type: "TIMESTAMP" as const },
    { name: "n", data: [3, 4], type: "INT32" as const },
    { name: "good", data: [true, false], type: "BOOLEAN" as const },
  ];
  await withFile("x.parquet", new Uint8Array(parquetWriteBuffer({ columnData })), async (path) => {
    for (const streaming of [false, true]) {
      const options = { streaming, labelColumns: ["good"], lengthColumn: "n" };
      const dataset = await readDataset(path, options);
      assertEquals([...dataset.text("text")], ["x", "y"]);
      assertEquals([dataset.labels, dataset.labelColumn], [[1, 0], "good"]);
      assertEquals([Array.from(dataset.lengths!), dataset.droppedColumns], [[3, 4], ["when"]]);
      dataset.close();
      await assertRejects(
        () => readDataset(path, { ...options, columns: { a: "when" } }),
        InputError,
        `Cannot read column "when" of ${path}: its type is TIMESTAMP_MILLIS, wanted strings`,
      );
    }
  });
  const missing = [{ name: "text", data: ["x", null], type: "STRING" as const }];
  const buffer = parquetWriteBuffer({ columnData: missing });
  await withFile("x.parquet", new Uint8Array(buffer), async (path) => {
    for (const streaming of [false, true]) {
      await assertRejects(
        () => readDataset(path, { streaming }),
        InputError,
        `Cannot read row 2 of ${path}: column "text" is `,
      );
    }
  });
});

Deno.test("read dataset: what classes are called, of Arrow, of Parquet and of a directory", async () => {
  const names = ["entailment", "neutral", "contradiction"];
  const features = { kind: { names, _type: "ClassLabel" }, text: { _type: "Value" } };
  const description = JSON.stringify({ info: { features } });
  const plain = arrowTable({ text: { utf8: ["x", "y"] }, kind: { int64: [2, 0] } });
  const arrow = arrowBytes(
    new Table(
      new Schema(plain.schema.fields, new Map([["huggingface", description]])),
      plain.batches,
    ),
  );
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: "text", data: ["x", "y"], type: "STRING" },
      { name: "kind", data: [2, 0], type: "INT32" },
    ],
    kvMetadata: [{ key: "huggingface", value: description }],
  });
  const state = JSON.stringify({ _data_files: [{ filename: "a.arrow" }] });
  const files = {
    "x.arrow": arrow,
    "x.parquet": new Uint8Array(parquet),
    "saved/state.json": state,
    "saved/a.arrow": arrow,
  };
  await withFolder(files, async (folder) => {
    for (const file of ["x.arrow", "x.parquet", "saved"]) {
      for (const streaming of [false, true]) {
        const columns = { text: "text", label: "kind" };
        const dataset = await readDataset(join(folder, file), { streaming, columns });
        assertEquals([dataset.labels, dataset.classNames], [[2, 0], names], file);
        dataset.close();
      }
    }
    assertEquals((await readDataset(join(folder, "x.arrow"))).classNames, null);
  });
});

Deno.test("read dataset: a file is streamed from a size on", async () => {
  await withFile("x.jsonl", Uint8Array.of(0xff, 10), async (path) => {
    // A hole in the file makes it large. A byte that is no text shows how the file was read: line by
    // line, or as a whole.
    for (
      const [size, what] of [[STREAMING_BYTES - 1, path], [
        STREAMING_BYTES,
        `row 1 of ${path}`,
      ]] as const
    ) {
      await Deno.truncate(path, size);
      const { message } = await assertRejects(() => readDataset(path), InputError);
      assertEquals(message, `Cannot read ${what}: not valid UTF-8 text`);
    }
  });
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
