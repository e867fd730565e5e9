import { assertEquals } from "@std/assert";
import { RowCache } from "../../../src/data/streaming/row_cache.ts";

Deno.test("RowCache keeps the rows of the last two generations", () => {
  // 100 bytes and two characters a row: two rows a generation.
  const cache = new RowCache(2 * 2 * 104);
  const kept = () => [1, 2, 3, 4, 5].filter((row) => cache.get(row) !== undefined);
  for (const row of [1, 2, 3, 4]) cache.set(row, ["a", String(row)]);
  assertEquals(kept(), [1, 2, 3, 4]);
  assertEquals(cache.get(3), ["a", "3"]);
  cache.set(5, ["a", "5"]);
  assertEquals(kept(), [3, 4, 5]);
});

Deno.test("RowCache does not keep a row that would fill a generation", () => {
  const cache = new RowCache(1000);
  cache.set(1, ["short"]);
  cache.set(2, ["x".repeat(300)]);
  assertEquals(cache.get(1), ["short"]);
  assertEquals(cache.get(2), undefined);
});
