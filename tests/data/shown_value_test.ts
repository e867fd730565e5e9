import { assertEquals } from "@std/assert";
import { shownValue } from "../../src/data/shown_value.ts";

Deno.test("shownValue() gives JSON, cut where it is long", () => {
  assertEquals(shownValue({ a: [1, "x"] }), '{"a":[1,"x"]}');
  assertEquals(shownValue(undefined), "undefined");
  assertEquals(shownValue("a".repeat(50)), `"${"a".repeat(39)}…`);
});

Deno.test("shownValue() shows what is nested beyond the stack", () => {
  const depth = 200_000;
  const list = JSON.parse("[".repeat(depth) + "]".repeat(depth));
  assertEquals(shownValue(list)[0], "[");
  assertEquals(shownValue({ list })[0], "{");
});
