import { assertEquals } from "@std/assert";
import { gatherRows, placesOf } from "../../../src/train/parallel/gather_rows.ts";
import { memoryRanks } from "../../support/tiny_ranks.ts";

/** Two columns of rows of two numbers: 10 * column + row, and its negative. */
const rowsOf = (first: number, count: number) =>
  Float32Array.from(
    [0, 1].flatMap((column) =>
      Array.from({ length: count }, (_, i) => 10 * column + first + i).flatMap((x) => [x, -x])
    ),
  );

Deno.test("gatherRows() has the rows of each column in the order of ranks", async () => {
  const own = [rowsOf(0, 2), rowsOf(2, 1), rowsOf(3, 0), rowsOf(3, 2)];
  const found = await Promise.all(
    memoryRanks(4).map((each, rank) => gatherRows(each, own[rank], { columns: 2, width: 2 })),
  );
  for (const { data, rows } of found) {
    assertEquals([[...data], rows], [[...rowsOf(0, 5)], [2, 1, 0, 2]]);
  }
  assertEquals(found.length, 4);
});

Deno.test("placesOf() says where a rank's rows lie in each column", () => {
  const of = { rows: [2, 1, 0, 2], columns: 2 };
  assertEquals(placesOf(of, 0), [{ first: 0, count: 2 }, { first: 5, count: 2 }]);
  assertEquals(placesOf(of, 2), [{ first: 3, count: 0 }, { first: 8, count: 0 }]);
  assertEquals(placesOf(of, 3), [{ first: 3, count: 2 }, { first: 8, count: 2 }]);
});
