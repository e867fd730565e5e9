import { assertEquals, assertThrows } from "@std/assert";
import { CsvParser } from "../../../src/data/readers/csv_parser.ts";
import { InputError } from "../../../src/errors.ts";

Deno.test("CsvParser takes the header from the first block that has a record", () => {
  const parser = new CsvParser("x.csv", ",");
  assertEquals(parser.parse("\n\n", 1), { rows: [], lineNumbers: [] });
  assertEquals(parser.hasHeader, false);
  assertEquals(parser.parse("a,b\n1,2\n", 3), { rows: [{ a: "1", b: "2" }], lineNumbers: [4] });
  assertEquals(parser.hasHeader, true);
  assertEquals(parser.parse('"x\ny",4\n\n5,6', 5), {
    rows: [{ a: "x\ny", b: "4" }, { a: "5", b: "6" }],
    lineNumbers: [5, 8],
  });
});

Deno.test("CsvParser counts lines from where the block starts", () => {
  const parser = new CsvParser("x.tsv", "\t");
  parser.parse("a\tb\n", 1);
  for (const [text, line] of [["1\t2\n1\n", 11], ['1\t2\n"x\ty\n', 11], ['1\t2\n"x"y\tz\n', 11]]) {
    assertThrows(
      () => parser.parse(text as string, 10),
      InputError,
      `Cannot read row ${line} of x.tsv: `,
    );
  }
});

Deno.test("CsvParser keeps byte order marks at the beginning of a block", () => {
  const parser = new CsvParser("x.csv", ",");
  assertEquals(parser.parse("\ufeffa,b\n", 1).rows, []);
  assertEquals(parser.parse("\ufeffx,y\n", 2).rows, [{ "\ufeffa": "\ufeffx", b: "y" }]);
});
