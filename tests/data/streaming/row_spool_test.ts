import { assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { RowSpool } from "../../../src/data/streaming/row_spool.ts";
import { InputError, OutputError } from "../../../src/errors.ts";
import { withFolder } from "../../support/with_folder.ts";

const ROWS = [
  ["a", "b"],
  ['quotes " and ]', "line\nbreaks\r\n\u2028"],
  ["", "\ud800 half a pair, 😀 a whole one, \uFEFF"],
  ["ü€😀".repeat(700_000), "longer than the buffer"],
  ["last", "\u0000"],
];

Deno.test("RowSpool gives back what was added, in any order", async () => {
  await withFolder({}, (folder) => {
    const spool = new RowSpool(folder);
    for (const row of ROWS) spool.add(row);
    const rows = spool.finish();
    spool.close();
    assertEquals(rows.length, ROWS.length);
    for (const row of [4, 0, 3, 1, 2, 3]) assertEquals(rows.texts(row), ROWS[row]);
    assertEquals([...rows], ROWS);
    rows.close();
  });
});

Deno.test("RowSpool leaves no file behind, finished or not", async () => {
  await withFolder({}, (folder) => {
    const spool = new RowSpool(folder);
    spool.add(["text"]);
    assertEquals([...Deno.readDirSync(folder)], []);
    const rows = spool.finish();
    assertEquals(rows.texts(0), ["text"]);
    rows.close();
    assertThrows(() => rows.texts(0), InputError, "its dataset is closed");
    assertThrows(() => [...rows], InputError, "its dataset is closed");
    const given = new RowSpool(folder);
    given.add(["text"]);
    given.close();
    given.close();
    assertEquals([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("RowSpool says that it cannot write", async () => {
  await withFolder({}, (folder) => {
    assertThrows(
      () => new RowSpool(join(folder, "missing")),
      OutputError,
      "Cannot make a temporary file for the rows: ",
    );
  });
});
