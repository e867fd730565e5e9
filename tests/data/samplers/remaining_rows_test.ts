import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { RemainingRows } from "../../../src/data/samplers/remaining_rows.ts";
import { rowKinds } from "../../../src/data/samplers/row_kinds.ts";
import { scan } from "./scanned.ts";

function batchesOf(remaining: RemainingRows, batchSize: number): number[][] {
  const batches: number[][] = [];
  while (remaining.size > 0) batches.push([...remaining.nextBatch(batchSize)]);
  return batches;
}

Deno.test("RemainingRows: the batches of a scan over all remaining rows", () => {
  const random = new Random("remaining rows");
  let repeated = 0;
  for (let round = 0; round < 600; round++) {
    const rows = random.integer(150);
    const width = 1 + random.integer(4);
    const distinct = width + random.integer(random.integer(2) === 0 ? 10 : 100);
    const ids = Uint32Array.from({ length: rows * width }, () => random.integer(distinct));
    const kinds = rowKinds(ids, width);
    repeated += rows - kinds.count;
    const batchSize = 1 + random.integer(20);
    const all = random.shuffle(Uint32Array.from({ length: rows }, (_, row) => row));
    const order = all.subarray(0, rows - random.integer(rows + 1)); // a later pass has fewer
    const remaining = new RemainingRows({ ids, width, distinct, ...kinds }, order);
    assertEquals(remaining.size, order.length);
    assertEquals(
      batchesOf(remaining, batchSize),
      scan(order, batchSize, (row) => [...ids.subarray(row * width, (row + 1) * width)]),
    );
  }
  assert(repeated > 5000, `${repeated} rows had the texts of another`);
});

Deno.test("RemainingRows: the batch size may change from batch to batch", () => {
  const ids = Uint32Array.of(0, 0, 1, 0, 2, 1);
  const values = { ids, width: 1, distinct: 3, ...rowKinds(ids, 1) };
  const remaining = new RemainingRows(values, Uint32Array.of(0, 1, 2, 3, 4, 5));
  assertEquals([...remaining.nextBatch(2)], [0, 2]);
  assertEquals([...remaining.nextBatch(1)], [1]);
  assertEquals([...remaining.nextBatch(9)], [3, 4, 5]);
  assertEquals([...remaining.nextBatch(9)], []);
});
