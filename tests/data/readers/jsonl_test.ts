import { assertEquals, assertThrows } from "@std/assert";
import { parseJsonl } from "../../../src/data/readers/jsonl.ts";
import { InputError } from "../../../src/errors.ts";

Deno.test("jsonl: one object a line, blank lines skipped, CRLF and LF", () => {
  assertEquals(parseJsonl('{"a":"x"}\r\n\n  \n{"a":"\\u2028 y\u2028"}', "pairs.jsonl"), {
    rows: [{ a: "x" }, { a: "\u2028 y\u2028" }],
    lineNumbers: [1, 4],
  });
  assertEquals(parseJsonl("\n", "pairs.jsonl"), { rows: [], lineNumbers: [] });
});

Deno.test("jsonl: a line that is not JSON is named", () => {
  assertThrows(
    () => parseJsonl('{"a":"x"}\n\n{"a":', "pairs.jsonl"),
    InputError,
    "Cannot read row 3 of pairs.jsonl: not valid JSON (",
  );
});

Deno.test("jsonl: a line that is not an object is named", () => {
  for (const line of ["[1]", "null", "3", '"text"']) {
    assertThrows(
      () => parseJsonl(line, "pairs.jsonl"),
      InputError,
      `Cannot read row 1 of pairs.jsonl: found ${line}, wanted an object`,
    );
  }
});
