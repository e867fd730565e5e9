import { assertEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { hashedValues, textValues } from "../../../src/data/samplers/row_values.ts";

Deno.test("textValues() and hashedValues() number texts, equal ones in whichever columns alike", () => {
  const dataset = new Dataset({
    name: "pairs",
    texts: new Map([["a", ["x", "y", "x", ""]], ["b", ["y", "z", "w", "z"]]]),
  });
  const wanted = { ids: Uint32Array.of(0, 1, 1, 3, 0, 4, 2, 3), width: 2, distinct: 5 };
  assertEquals(textValues(dataset), wanted);
  assertEquals(hashedValues(dataset), wanted);
});
