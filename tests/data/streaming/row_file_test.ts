import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { Offsets } from "../../../src/data/streaming/offsets.ts";
import { RowFile } from "../../../src/data/streaming/row_file.ts";
import { SourceFile } from "../../../src/data/streaming/source_file.ts";
import { InputError } from "../../../src/errors.ts";
import { withFolder } from "../../support/with_folder.ts";

/** A row file of JSON arrays with blanks between them, and how often a row was decoded. */
async function withRows(
  rows: readonly (readonly string[])[],
  test: (file: RowFile, decoded: number[], path: string) => void,
): Promise<void> {
  const offsets = new Offsets();
  let text = "";
  for (const [index, row] of rows.entries()) {
    offsets.push(new TextEncoder().encode(text).length);
    text += `${JSON.stringify(row)} \n${"\n".repeat(index % 3)}`;
  }
  offsets.push(new TextEncoder().encode(text).length);
  await withFolder({ "rows.jsonl": text }, (folder) => {
    const path = join(folder, "rows.jsonl");
    const source = SourceFile.open(path);
    const decoded: number[] = [];
    const decode = (row: string) => {
      const texts = JSON.parse(row) as string[];
      decoded.push(rows.findIndex(([first]) => first === texts[0]));
      return texts;
    };
    const file = new RowFile({ source, offsets, lastCharacter: "]", decode });
    test(file, decoded, path);
    file.close();
  });
}

Deno.test("RowFile reads a row once while it is in use", async () => {
  const rows = [["zero", "a]"], ["one", "b"], ["two", "ü€😀"]];
  await withRows(rows, (file, decoded) => {
    assertEquals(file.length, 3);
    assertEquals([2, 0, 2, 0].map((row) => file.texts(row)[1]), ["ü€😀", "a]", "ü€😀", "a]"]);
    assertEquals(decoded, [2, 0]);
    assertStrictEquals(file.texts(2), file.texts(2));
  });
});

Deno.test("RowFile reads all rows in blocks, also side by side with others", async () => {
  const rows = Array.from({ length: 50 }, (_, index) => [String(index), "x".repeat(50_000)]);
  rows[20][1] = "y".repeat(3_000_000);
  await withRows(rows, (file, decoded) => {
    const [one, two] = [file[Symbol.iterator](), file[Symbol.iterator]()];
    for (const row of rows) {
      assertEquals(one.next().value, row);
      assertEquals(file.texts(49), rows[49]);
      assertEquals(two.next().value, row);
    }
    assertEquals([one.next().done, two.next().done], [true, true]);
    assertEquals(decoded.filter((row) => row < 49).length, 98);
  });
});

Deno.test("RowFile refuses rows that are not there", async () => {
  await withRows([["a"], ["b"]], (file) => {
    for (const row of [-1, 2, 0.5]) assertThrows(() => file.texts(row), RangeError);
  });
});

Deno.test("RowFile notices that the file is another one by its bytes", async () => {
  await withRows([["a"], ["b"]], (file, _, path) => {
    const { mtime } = Deno.statSync(path);
    Deno.writeTextFileSync(path, '{"a"} \n["b"] \n\n');
    Deno.utimeSync(path, mtime!, mtime!);
    assertThrows(
      () => file.texts(0),
      InputError,
      `Cannot read row index 0 of ${path}: it is not what it was when the file was opened`,
    );
    assertThrows(() => [...file], InputError, "it is not what it was");
  });
});
