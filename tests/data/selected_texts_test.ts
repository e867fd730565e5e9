import { assertEquals } from "@std/assert";
import { SelectedTexts } from "../../src/data/selected_texts.ts";

Deno.test("SelectedTexts reads the rows it was given, in their order", () => {
  const texts = new SelectedTexts(["a", "b", "c"], Uint32Array.of(2, 0, 2));
  assertEquals(texts.length, 3);
  assertEquals([...texts], ["c", "a", "c"]);
  assertEquals([0, 1, 2, 3, -1, -4].map((row) => texts.at(row)), [
    "c",
    "a",
    "c",
    undefined,
    "c",
    undefined,
  ]);
  assertEquals([...new SelectedTexts(texts, Uint32Array.of(1))], ["a"]);
});
