import { assertEquals } from "@std/assert";
import { DiskTexts } from "../../../src/data/streaming/disk_texts.ts";
import { RowSpool } from "../../../src/data/streaming/row_spool.ts";

Deno.test("DiskTexts is one column of the rows, as an array would be", () => {
  const spool = new RowSpool();
  const column = ["a", "b", "", "d"];
  for (const text of column) spool.add(["other", text]);
  const rows = spool.finish();
  const texts = new DiskTexts(rows, 1);
  assertEquals(texts.length, 4);
  assertEquals([...texts], column);
  for (const row of [3, 0, -1, -4, -5, 4]) {
    assertEquals(texts.at(row), column.at(row));
  }
  assertEquals([...new DiskTexts(rows, 0)], Array(4).fill("other"));
  rows.close();
});
