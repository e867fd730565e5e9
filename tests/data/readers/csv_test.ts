import { assertEquals, assertThrows } from "@std/assert";
import { parseCsv } from "../../../src/data/readers/csv.ts";
import { InputError } from "../../../src/errors.ts";

Deno.test("csv: a header row names the columns, values stay texts", () => {
  assertEquals(parseCsv('a,b,label\nx,"y, ""z""",1\n7, w ,0.5', "pairs.csv"), {
    rows: [{ a: "x", b: 'y, "z"', label: "1" }, { a: "7", b: " w ", label: "0.5" }],
    lineNumbers: [2, 3],
  });
});

Deno.test("csv: lines are counted over quoted line breaks and blank lines", () => {
  const text = '\na,b\n"one\ntwo","three\n\nfour"\n\nx,y\n';
  for (const lineBreak of ["\n", "\r\n", "\r"]) {
    assertEquals(parseCsv(text.replaceAll("\n", lineBreak), "pairs.csv"), {
      rows: [{ a: "one\ntwo", b: "three\n\nfour" }, { a: "x", b: "y" }],
      lineNumbers: [3, 8],
    });
  }
});

Deno.test("csv: tabs separate the fields of TSV, commas do not", () => {
  assertEquals(parseCsv("a\tb\nx, y\tz\n", "pairs.tsv", "\t").rows, [{ a: "x, y", b: "z" }]);
});

Deno.test("csv: a single column, and empty fields", () => {
  assertEquals(parseCsv("text\nx\n\ny\n", "pairs.csv").rows, [{ text: "x" }, { text: "y" }]);
  assertEquals(parseCsv("a,b\n,\n", "pairs.csv").rows, [{ a: "", b: "" }]);
});

Deno.test("csv: a column may have any name", () => {
  const [row] = parseCsv("__proto__,constructor\nx,y\n", "pairs.csv").rows;
  assertEquals(Object.entries(row), [["__proto__", "x"], ["constructor", "y"]]);
});

Deno.test("csv: a wrong number of fields names the line", () => {
  for (const [fields, found] of [["x", 1], ["x,y,z", 3]]) {
    assertThrows(
      () => parseCsv(`a,b\n"1\n2",y\n${fields}\n`, "pairs.csv"),
      InputError,
      `Cannot read row 4 of pairs.csv: it has ${found} fields, the header has 2`,
    );
  }
});

Deno.test("csv: a quote that is not closed names the line", () => {
  assertThrows(
    () => parseCsv('a,b\nx,y\nx,"y\nx,y\n', "pairs.csv"),
    InputError,
    "Cannot read row 3 of pairs.csv: quoted field unterminated",
  );
  assertThrows(
    () => parseCsv('a,b\nx,"y"z\n', "pairs.csv"),
    InputError,
    "Cannot read row 2 of pairs.csv: trailing quote on quoted field is malformed",
  );
});

Deno.test("csv: no header, and a header with a column twice", () => {
  assertThrows(() => parseCsv("\n\n", "pairs.csv"), InputError, "it has no header row");
  assertThrows(
    () => parseCsv("a,b,a\n1,2,3\n", "pairs.csv"),
    InputError,
    'Cannot read the header of pairs.csv: column "a" occurs twice',
  );
  assertEquals(parseCsv("a,b\n", "pairs.csv").rows, []);
});
