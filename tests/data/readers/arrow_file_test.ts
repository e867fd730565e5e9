import { assert, assertEquals, assertRejects } from "@std/assert";
import { CompressionType, RecordBatchStreamWriter, type Table } from "apache-arrow";
import { compressionRegistry } from "apache-arrow";
import { zstdCompressSync } from "node:zlib";
import { InputError } from "../../../src/errors.ts";
import { Random } from "../../../src/data/random.ts";
import { ArrowFile } from "../../../src/data/readers/arrow_file.ts";
import { arrowBytes, arrowTable, emptyArrowTable, inMemory } from "../../support/arrow_tables.ts";

const TABLE = arrowTable({
  text: { utf8: ["a", "b", "c"] },
  kind: { dictionary: ["x", "y", "x"] },
  label: { int64: [1, 0, 2] },
}, 2);

async function rowsOf(bytes: Uint8Array, columns?: string[]) {
  const file = await ArrowFile.open(inMemory(bytes));
  const rows: unknown[] = [];
  const lines: number[] = [];
  for await (const batch of file.batches(columns ?? [...file.types.keys()])) {
    rows.push(...batch.rows);
    lines.push(...batch.lineNumbers);
  }
  return { rows, lines, types: [...file.types.keys()] };
}

Deno.test("ArrowFile reads streams and files, one record batch after the other", async () => {
  for (const form of ["stream", "file"] as const) {
    const { rows, lines, types } = await rowsOf(arrowBytes(TABLE, form));
    assertEquals(types, ["text", "kind", "label"]);
    assertEquals(rows, [
      { text: "a", kind: "x", label: 1 },
      { text: "b", kind: "y", label: 0 },
      { text: "c", kind: "x", label: 2 },
    ]);
    assertEquals(lines, [1, 2, 3]);
    const some = await rowsOf(arrowBytes(TABLE, form), ["label"]);
    assertEquals(some.rows, [{ label: 1 }, { label: 0 }, { label: 2 }]);
  }
});

Deno.test("ArrowFile hands large batches on in parts", async () => {
  const label = { int32: Array.from({ length: 40000 }, (_, i) => i) };
  const file = await ArrowFile.open(inMemory(arrowBytes(arrowTable({ label }))));
  const lengths: number[] = [];
  for await (const { rows, lineNumbers } of file.batches(["label"])) {
    assertEquals([rows[0].label, lineNumbers[0]], [lineNumbers[0] - 1, lineNumbers[0]]);
    lengths.push(rows.length);
  }
  assertEquals(lengths, [16384, 16384, 7232]);
});

Deno.test("ArrowFile reads what zstd and LZ4 compressed", async () => {
  const compressed = (type: CompressionType, encode: (data: Uint8Array) => Uint8Array) => {
    compressionRegistry.set(type, { ...compressionRegistry.get(type), encode });
    const writer = new RecordBatchStreamWriter({ compressionType: type });
    writer.writeAll(TABLE as Table);
    return writer.finish().toUint8Array(true);
  };
  const zstd = compressed(CompressionType.ZSTD, (data) => new Uint8Array(zstdCompressSync(data)));
  assertEquals((await rowsOf(zstd)).rows.length, 3);
  // A frame of one block that is as it was.
  const lz4 = compressed(CompressionType.LZ4_FRAME, (data) => {
    const beginning = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, data.length, 0, 0, 0x80];
    return Uint8Array.from([...beginning, ...data, 0, 0, 0, 0]);
  });
  assertEquals((await rowsOf(lz4)).rows.length, 3);
});

Deno.test("ArrowFile refuses what is none, or is cut, wherever", async () => {
  const refused = (bytes: Uint8Array, message: string) =>
    assertRejects(() => rowsOf(bytes), InputError, message);
  await refused(new TextEncoder().encode("a,b\n1,2\n3,4\n"), "Cannot read x.arrow: not a valid");
  await refused(new TextEncoder().encode("ARROW1"), "it is too short, and may be cut");
  await refused(new Uint8Array(12), "it has no schema");
  const [stream, file] = (["stream", "file"] as const).map((form) => arrowBytes(TABLE, form));
  let cut = 0;
  for (let length = 8; length < file.length; length += 40) {
    await refused(file.subarray(0, length), "not a valid Arrow file or stream");
    cut++;
  }
  assert(cut > 10);
  // A stream may end behind any message; within one it may not.
  for (let length = 20; length < 300; length += 40) {
    await refused(stream.subarray(0, length), "not a valid Arrow file or stream");
  }
  await refused(arrowBytes(TABLE, "file").fill(0x20, 300), "may be cut");
});

Deno.test("ArrowFile ends with rows or a refusal, whatever is damaged", async () => {
  const random = new Random("damaged", 5);
  const outcomes = { rows: 0, refused: 0 };
  const table = arrowTable({
    text: { utf8: ["a", null, "longer"] },
    kind: { dictionary: ["x", "y", "x"] },
    vector: { lists: [[1, 2], [], [3]] },
    flag: { bool: [true, false, true] },
  });
  const forms = (["stream", "file"] as const).map((form) => arrowBytes(table, form));
  for (let trial = 0; trial < 300; trial++) {
    const bytes = forms[trial % 2].slice();
    const view = new DataView(bytes.buffer);
    for (let i = 0; i <= random.integer(3); i++) {
      const at = 4 * random.integer(bytes.length >> 2);
      if (random.integer(2) === 0) bytes[at + random.integer(4)] = random.integer(256);
      else view.setInt32(at, [0x7fffffff, 1 << 16, -1, 0][random.integer(4)], true);
    }
    try {
      await rowsOf(bytes);
      outcomes.rows++;
    } catch (error) {
      assert(error instanceof InputError, `trial ${trial}: ${error}`);
      outcomes.refused++;
    }
  }
  assert(outcomes.rows > 10 && outcomes.refused > 100, JSON.stringify(outcomes));
});

Deno.test("ArrowFile has no rows where there are none", async () => {
  for (const form of ["stream", "file"] as const) {
    const found = await rowsOf(arrowBytes(emptyArrowTable(), form));
    assertEquals(found, { rows: [], lines: [], types: ["text"] });
  }
});
