import { assertEquals, assertThrows } from "@std/assert";
import { parseObject } from "../../../src/data/readers/parse_object.ts";
import { InputError } from "../../../src/errors.ts";

Deno.test("parseObject() reads an object with any column name", () => {
  const row = parseObject(' {"a": "x", "__proto__": "y"}\r', "row 1 of x");
  assertEquals(Object.entries(row), [["a", "x"], ["__proto__", "y"]]);
});

Deno.test("parseObject() refuses what is no object, and says where", () => {
  const refused = { "{": "not valid JSON (", "": "not valid JSON (", "[1]": "found [1], wanted" };
  for (const [text, message] of Object.entries(refused)) {
    assertThrows(() => parseObject(text, "row 3 of x"), InputError, `row 3 of x: ${message}`);
  }
});
