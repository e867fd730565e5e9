import { assertEquals, assertNotEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";

function dataset(name: string, length: number): Dataset {
  return new Dataset({ name, texts: new Map([["text", Array.from({ length }, String)]]) });
}

Deno.test("row order: has every row once", () => {
  for (const length of [0, 1, 2, 1000]) {
    const rows = [...rowOrder(dataset("pairs", length), 42, 0)].sort((a, b) => a - b);
    assertEquals(rows, Array.from({ length }, (_, row) => row));
  }
});

Deno.test("row order: a function of seed, epoch and name", () => {
  const order = rowOrder(dataset("pairs", 100), 42, 3);
  assertEquals(rowOrder(dataset("pairs", 100), 42, 3), order);
  assertNotEquals(rowOrder(dataset("pairs", 100), 43, 3), order);
  assertNotEquals(rowOrder(dataset("pairs", 100), 42, 4), order);
  assertNotEquals(rowOrder(dataset("others", 100), 42, 3), order);
});

Deno.test("row order: is the one that it was when it was recorded", () => {
  assertEquals([...rowOrder(dataset("pairs", 8), 42, 0)], [4, 7, 2, 6, 1, 0, 3, 5]);
});
