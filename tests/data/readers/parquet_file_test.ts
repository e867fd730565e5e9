import { assert, assertEquals, assertRejects } from "@std/assert";
import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { parquetMetadata } from "hyparquet";
import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import { ParquetFile, type RandomAccess } from "../../../src/data/readers/parquet_file.ts";
import { InputError } from "../../../src/errors.ts";

/** A file in memory that counts what is read of it. */
class CountedFile implements RandomAccess {
  readonly path = "x.parquet";
  readonly #bytes: Uint8Array;
  read = 0;
  largest = 0;

  constructor(buffer: ArrayBuffer | Uint8Array) {
    this.#bytes = new Uint8Array(buffer);
  }

  get size(): number {
    return this.#bytes.length;
  }

  readInto(target: Uint8Array, position: number): void {
    target.set(this.#bytes.subarray(position, position + target.length));
    this.read += target.length;
    this.largest = Math.max(this.largest, target.length);
  }
}

async function rowsOf(file: CountedFile, columns?: string[]): Promise<[number[], unknown[][]]> {
  const parquet = await ParquetFile.open(file);
  const names = columns ?? [...parquet.types.keys()];
  const lines: number[] = [];
  const values: unknown[][] = [];
  for await (const { rows, lineNumbers } of parquet.batches(names)) {
    lines.push(...lineNumbers);
    for (const row of rows) values.push(names.map((name) => row[name]));
  }
  return [lines, values];
}

const TEXTS = ["a", "", "ü€😀", "\uFEFFmark", "line\nbreak", "x".repeat(5000)];

Deno.test("ParquetFile reads texts, numbers, booleans and lists, over row groups and pages", async () => {
  const count = 1000;
  const texts = Array.from({ length: count }, (_, row) => `${row} ${TEXTS[row % 6]}`);
  const same = Array.from({ length: count }, (_, row) => TEXTS[row % 3]);
  const columnData: ColumnSource[] = [
    { name: "text", data: texts, type: "STRING" },
    { name: "same", data: same, type: "STRING", nullable: false },
    { name: "int", data: texts.map((_, row) => row - 5), type: "INT32" },
    { name: "long", data: texts.map((_, row) => BigInt(row) * 1_000_000_007n), type: "INT64" },
    { name: "double", data: texts.map((_, row) => row / 3), type: "DOUBLE" },
    { name: "flag", data: texts.map((_, row) => row % 2 === 0), type: "BOOLEAN" },
  ];
  const wanted = texts.map((text, row) => [
    text,
    same[row],
    row - 5,
    row * 1_000_000_007,
    row / 3,
    row % 2 === 0 ? 1 : 0,
  ]);
  let checked = 0;
  for (const codec of ["SNAPPY", "UNCOMPRESSED"] as const) {
    for (const rowGroupSize of [1, 7, 1000]) {
      const buffer = parquetWriteBuffer({ columnData, codec, rowGroupSize, pageSize: 20_000 });
      const [lines, rows] = await rowsOf(new CountedFile(buffer));
      assertEquals(lines, texts.map((_, row) => row + 1));
      assertEquals(rows, wanted);
      checked++;
    }
  }
  assertEquals(checked, 6);
});

Deno.test("ParquetFile reads what other codecs compressed", async () => {
  const texts = Array.from({ length: 500 }, (_, row) => `${row} ${TEXTS[row % 6]}`);
  const columnData: ColumnSource[] = [{ name: "a", data: texts, type: "STRING" }];
  const compressors = {
    GZIP: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)),
    BROTLI: (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes)),
    ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
  };
  for (const codec of ["GZIP", "BROTLI", "ZSTD"] as const) {
    const buffer = parquetWriteBuffer({ columnData, codec, compressors });
    assertEquals(parquetMetadata(buffer).row_groups[0].columns[0].meta_data?.codec, codec);
    assertEquals((await rowsOf(new CountedFile(buffer)))[1], texts.map((text) => [text]));
  }
});

Deno.test("ParquetFile reads lists of floats", async () => {
  const lists = [[1, -2.5], [0.25, 1e30], [3, 4]];
  const buffer = parquetWriteBuffer({
    columnData: [{ name: "labels", data: lists }],
    schema: [
      { name: "root", num_children: 1 },
      { name: "labels", converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "DOUBLE", repetition_type: "OPTIONAL" },
    ],
  });
  const file = new CountedFile(buffer);
  assertEquals((await ParquetFile.open(file)).types.get("labels")?.kind, "number");
  assertEquals((await rowsOf(file))[1], lists.map((list) => [list]));
});

Deno.test("ParquetFile hands missing values on", async () => {
  const columnData: ColumnSource[] = [{ name: "a", data: ["x", null, "y"], type: "STRING" }];
  const [, rows] = await rowsOf(new CountedFile(parquetWriteBuffer({ columnData })));
  assertEquals(rows.map(([value]) => value ?? null), ["x", null, "y"]);
});

Deno.test("ParquetFile reads only the columns that it is asked for, a part at a time", async () => {
  const long = (row: number) => `${row} `.repeat(20_000);
  const columnData: ColumnSource[] = [
    { name: "a", data: Array.from({ length: 900 }, (_, row) => long(row)), type: "STRING" },
    { name: "b", data: Array.from({ length: 900 }, (_, row) => long(-row)), type: "STRING" },
    { name: "c", data: Array.from({ length: 900 }, (_, row) => row), type: "INT32" },
  ];
  const buffer = parquetWriteBuffer({ columnData, codec: "UNCOMPRESSED", rowGroupSize: 900 });
  assertEquals(parquetMetadata(buffer).row_groups.length, 1);
  const numbers = new CountedFile(buffer);
  assertEquals((await rowsOf(numbers, ["c"]))[1].length, 900);
  assert(numbers.read < 1.2e6, `${numbers.read} bytes`);

  const file = new CountedFile(buffer);
  const parquet = await ParquetFile.open(file);
  let [batches, row] = [0, 0];
  for await (const { rows } of parquet.batches(["a"])) {
    batches++;
    for (const { a } of rows) assert(a === long(row++));
  }
  // Some 76 MB in parts of 32 MiB, none of which needs the whole column.
  assertEquals([batches, row], [3, 900]);
  assert(file.largest < 36e6, `${file.largest} bytes`);
  assert(file.read < buffer.byteLength * 0.6, `${file.read} bytes of ${buffer.byteLength}`);
});

Deno.test("ParquetFile reads a part at a time without an index of the pages", async () => {
  const text = (row: number) => `${row % 500} `.repeat(20_000);
  const rows = Array.from({ length: 600 }, (_, row) => row);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: "a", data: rows.map(text), offsetIndex: false },
      { name: "same", data: rows.map((row) => TEXTS[row % 6]), offsetIndex: false },
      { name: "list", data: rows.map((row) => [row, -row]), offsetIndex: false },
    ],
    schema: [
      { name: "root", num_children: 3 },
      { name: "a", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
      { name: "same", type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" },
      { name: "list", converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      { name: "element", type: "DOUBLE", repetition_type: "OPTIONAL" },
    ],
    rowGroupSize: 600,
  });
  const parquet = await ParquetFile.open(new CountedFile(buffer));
  let [batches, at] = [0, 0];
  for await (const { rows } of parquet.batches(["a", "same", "list"])) {
    batches++;
    for (const { a, same, list } of rows) {
      assert(a === text(at));
      assertEquals([same, list], [TEXTS[at % 6], [at, -at]]);
      at++;
    }
  }
  assertEquals([batches > 1, at], [true, 600]);
});

Deno.test("ParquetFile refuses what is no Parquet file, or a broken one", async () => {
  const columnData: ColumnSource[] = [
    { name: "a", data: Array.from({ length: 100 }, (_, row) => `text ${row}`), type: "STRING" },
  ];
  const good = new Uint8Array(parquetWriteBuffer({ columnData, codec: "SNAPPY" }));
  const message = "not a valid Parquet file (";
  for (const bytes of [new Uint8Array(), new Uint8Array(3), new Uint8Array(100), good.slice(8)]) {
    await assertRejects(() => rowsOf(new CountedFile(bytes)), InputError, message);
  }
  const broken = good.slice();
  broken.fill(0xff, 4, 300);
  await assertRejects(
    () => rowsOf(new CountedFile(broken)),
    InputError,
    `Cannot read rows 1 to 100 of x.parquet: ${message}`,
  );
});

Deno.test("ParquetFile refuses strings that are no UTF-8", async () => {
  const columnData: ColumnSource[] = [{ name: "a", data: ["marked text"], type: "STRING" }];
  const bytes = new Uint8Array(parquetWriteBuffer({ columnData, codec: "UNCOMPRESSED" }));
  const at = bytes.findIndex((_, index) =>
    new TextDecoder().decode(bytes.subarray(index, index + 6)) === "marked"
  );
  assert(at > 0);
  bytes[at] = 0xff;
  await assertRejects(() => rowsOf(new CountedFile(bytes)), InputError, "rows 1 to 1 of x.parquet");
});
