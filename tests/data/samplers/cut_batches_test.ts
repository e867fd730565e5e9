import { assertEquals } from "@std/assert";
import { countBatches, cutBatches } from "../../../src/data/samplers/cut_batches.ts";
import { lists } from "./random_dataset.ts";

Deno.test("cutBatches: batches of one size, and a last one that is large enough", () => {
  const rows = Uint32Array.of(4, 0, 2, 5, 1, 3, 6);
  assertEquals(lists(cutBatches(rows, { batchSize: 3, smallest: 1 })), [[4, 0, 2], [5, 1, 3], [6]]);
  assertEquals(lists(cutBatches(rows, { batchSize: 3, smallest: 2 })), [[4, 0, 2], [5, 1, 3]]);
  assertEquals(lists(cutBatches(rows, { batchSize: 4, smallest: 3 })), [[4, 0, 2, 5], [1, 3, 6]]);
  assertEquals(lists(cutBatches(rows, { batchSize: 7, smallest: 1 })), [[...rows]]);
  assertEquals(cutBatches(new Uint32Array(0), { batchSize: 3, smallest: 1 }), []);
});

Deno.test("countBatches: how many cutBatches makes", () => {
  for (let length = 0; length < 20; length++) {
    for (let batchSize = 1; batchSize < 8; batchSize++) {
      for (let smallest = 1; smallest <= batchSize; smallest++) {
        const batches = cutBatches(new Uint32Array(length), { batchSize, smallest });
        assertEquals(countBatches(length, { batchSize, smallest }), batches.length);
        const left = length - batches.reduce((sum, batch) => sum + batch.length, 0);
        assertEquals(left, length % batchSize < smallest ? length % batchSize : 0);
      }
    }
  }
});
