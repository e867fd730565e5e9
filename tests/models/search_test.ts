import { assertEquals } from "@std/assert";
import { searchRows } from "../../src/evaluators/search.ts";
import { search } from "../../src/models/search.ts";
import { integerValues } from "../reference/random_values.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("search: finds on the device what the host finds", async () => {
  const [queries, corpus] = [[7, 1], [300, 2]].map(([rows, seed]) => ({
    data: Float32Array.from(integerValues(rows * 8, seed, 5), (value) => value - 2),
    rows,
    columns: 8,
  }));
  const options = { k: 9, similarity: "dot" } as const;
  const found = await search(await testGpu(), queries, { corpus, ...options });
  assertEquals(found, searchRows(queries, corpus, options));
});
