import { assertEquals, assertThrows } from "@std/assert";
import {
  Bool,
  type Data,
  Field,
  FixedSizeList,
  Float16,
  Int32,
  LargeUtf8,
  makeData,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { arrowColumn } from "../../../src/data/readers/arrow_column.ts";
import { arrowTable, type ArrowValues } from "../../support/arrow_tables.ts";

function values(column: Data): unknown[] {
  const value = arrowColumn(column);
  return Array.from({ length: column.length }, (_, row) => value(row));
}

Deno.test("arrowColumn() gives texts, numbers, arrays of numbers, and null for what is missing", () => {
  const cases: [ArrowValues, unknown[]][] = [
    [{ utf8: ["a", "", "é", null] }, ["a", "", "é", null]],
    [{ dictionary: ["x", "y", "x"] }, ["x", "y", "x"]],
    [{ int64: [1, -1e12] }, [1, -1e12]],
    [{ int32: [3, null] }, [3, null]],
    [{ float32: [0.5, -1] }, [0.5, -1]],
    [{ bool: [true, false] }, [1, 0]],
    [{ lists: [[1, 2], [], [3]] }, [[1, 2], [], [3]]],
  ];
  for (const [column, wanted] of cases) {
    const { batches: [batch] } = arrowTable({ a: column });
    assertEquals(values(batch.data.children[0]), wanted);
  }
  assertEquals(cases.length, 7);
  const pairs = new FixedSizeList(2, new Field("item", new Int32()));
  assertEquals(values(vectorFromArray([[1, 2], [3, 4]], pairs).data[0]), [[1, 2], [3, 4]]);
  assertEquals(values(vectorFromArray([0.5, 2], new Float16()).data[0]), [0.5, 2]);
  assertEquals(values(vectorFromArray(["é", "b"], new LargeUtf8()).data[0]), ["é", "b"]);
});

Deno.test("arrowColumn() refuses columns whose memory holds less than they promise", () => {
  const refused = (data: Data, message: string) =>
    assertThrows(() => arrowColumn(data), RangeError, message);
  const text = (offsets: number[], length = offsets.length - 1) =>
    makeData({
      type: new Utf8(),
      length,
      valueOffsets: Int32Array.from(offsets),
      data: new TextEncoder().encode("abc"),
    });
  assertEquals(values(text([0, 1, 3])), ["a", "bc"]);
  refused(text([0, 1, 4]), "a column has 3 characters, wanted 4");
  refused(text([0, 2, 1]), "its offsets do not grow");
  refused(text([-1, 2]), "its offsets do not grow");
  refused(text([0, 1], 5), "a column has 2 offsets, wanted 6");
  refused(
    makeData({ type: new Int32(), length: 9, data: new Int32Array(4) }),
    "a column has 4 numbers, wanted 9",
  );
  refused(
    makeData({ type: new Bool(), length: 70, data: new Uint8Array(8) }),
    "a column has 64 booleans, wanted 70",
  );
});

Deno.test("arrowColumn() refuses texts that are no UTF-8", () => {
  const data = makeData({
    type: new Utf8(),
    length: 1,
    valueOffsets: Int32Array.of(0, 1),
    data: Uint8Array.of(0xff),
  });
  assertThrows(() => arrowColumn(data)(0), TypeError);
});
