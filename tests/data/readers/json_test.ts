import { assertEquals, assertThrows } from "@std/assert";
import { parseJson } from "../../../src/data/readers/json.ts";
import { InputError } from "../../../src/errors.ts";

Deno.test("json: an array of objects, numbered from 1", () => {
  assertEquals(parseJson(' [\n{"a": "x"},\n{"a": "y"}]\n', "pairs.json"), {
    rows: [{ a: "x" }, { a: "y" }],
    lineNumbers: [1, 2],
  });
});

Deno.test("json: one object a line", () => {
  assertEquals(parseJson('{"a": "x"}\n\n{"a": "y"}\n', "pairs.json"), {
    rows: [{ a: "x" }, { a: "y" }],
    lineNumbers: [1, 3],
  });
});

Deno.test("json: broken text and elements that are not objects are refused", () => {
  assertThrows(
    () => parseJson('[{"a": "x"}', "pairs.json"),
    InputError,
    "Cannot read pairs.json: not valid JSON (",
  );
  for (const element of ["[1]", "null", "3", '"text"']) {
    assertThrows(
      () => parseJson(`[{"a": "x"}, ${element}]`, "pairs.json"),
      InputError,
      `Cannot read row 2 of pairs.json: found ${element}, wanted an object`,
    );
  }
});
