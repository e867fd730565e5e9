import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseCsv } from "../../../src/data/readers/csv.ts";
import { CsvParser } from "../../../src/data/readers/csv_parser.ts";
import { splitCsv } from "../../../src/data/streaming/split_csv.ts";
import { InputError } from "../../../src/errors.ts";
import { inChunks } from "./in_chunks.ts";

const TABLE = [
  "\n\nquestion,answer",
  "plain,text",
  '"quoted, with a comma","two\nlines and ""quotes"""',
  '5" disk,in ""the"" middle',
  '"","\n\n"',
  '"spaces after"  ,"the quote" ',
  "üñ€,😀",
  "",
  ",",
  "last,one",
].join("\n");

function parseInBlocks(text: string, size: number): { blocks: number; rows: unknown[] } {
  const bytes = new TextEncoder().encode(text);
  const parser = new CsvParser("x.csv", ",");
  const rows: unknown[] = [];
  let blocks = 0;
  for (
    const { bytes: block, line } of splitCsv(inChunks(bytes, size), {
      source: "x.csv",
      delimiter: ",",
    })
  ) {
    const parsed = parser.parse(new TextDecoder("utf-8", { fatal: true }).decode(block), line);
    parsed.rows.forEach((row, index) => rows.push([row, parsed.lineNumbers[index]]));
    blocks++;
  }
  return { blocks, rows };
}

Deno.test("splitCsv() makes blocks that parse as the whole, whatever the chunks", () => {
  let checked = 0;
  for (const lineBreak of ["\n", "\r\n", "\r"]) {
    for (const end of ["", "\n", "\n\n"]) {
      const text = (TABLE + end).replaceAll("\n", lineBreak);
      const { rows, lineNumbers } = parseCsv(text, "x.csv");
      assertEquals(rows.length, 8);
      for (const size of [1, 2, 3, 5, 11, 40, 1000]) {
        const found = parseInBlocks(text, size);
        assertEquals(found.rows, rows.map((row, index) => [row, lineNumbers[index]]));
        assert(size > 40 || found.blocks > 1);
        checked++;
      }
    }
  }
  assertEquals(checked, 63);
});

Deno.test("splitCsv() makes blocks that fail as the whole", () => {
  const broken = ['a,b\nx,y\nx,"y\nx,y\n', 'a,b\nx,"y"z\nx,y\n', 'a,b\n"1\n2",y\nx,y,z\nx,y\n'];
  for (const text of broken) {
    const wanted = assertThrows(() => parseCsv(text, "x.csv"), InputError).message;
    for (const size of [1, 3, 1000]) {
      assertEquals(assertThrows(() => parseInBlocks(text, size), InputError).message, wanted);
    }
  }
});

Deno.test("splitCsv() names the row of a quote that is not closed for too long", () => {
  const text = `a\nx\n"two\nlines"\n"${"open\n".repeat(20)}`;
  for (const size of [4, 20]) {
    const chunks = inChunks(new TextEncoder().encode(text), size);
    assertThrows(
      () => [...splitCsv(chunks, { source: "x.csv", delimiter: ",", maxBytes: 50 })],
      InputError,
      "Cannot read row 5 of x.csv: it is longer than 50 bytes",
    );
  }
});
