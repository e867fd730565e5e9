import { assertAlmostEquals, assertEquals } from "@std/assert";
import { rankRows } from "../../../src/train/parallel/rank_rows.ts";

const shares = (rows: number, size: number) =>
  Array.from({ length: size }, (_, rank) => {
    const share = rankRows(Uint32Array.from({ length: rows }, (_, i) => 10 + i), { rank, size });
    return { rows: [...share.rows], weight: share.weight };
  });

Deno.test("rankRows() parts a batch in the order of ranks, each row to one", () => {
  let cases = 0;
  for (const size of [2, 3, 4, 7]) {
    for (let rows = size; rows < 30; rows++) {
      const all = shares(rows, size);
      assertEquals(all.flatMap(({ rows }) => rows), Array.from({ length: rows }, (_, i) => 10 + i));
      const lengths = all.map(({ rows }) => rows.length);
      assertEquals(Math.max(...lengths) - Math.min(...lengths) <= 1, true);
      assertAlmostEquals(all.reduce((sum, { weight }) => sum + weight, 0), 1, 1e-15);
      cases++;
    }
  }
  assertEquals(cases, 28 + 27 + 26 + 23);
  assertEquals(shares(8, 2), [
    { rows: [10, 11, 12, 13], weight: 0.5 },
    { rows: [14, 15, 16, 17], weight: 0.5 },
  ]);
});

Deno.test("rankRows() gives a rank without rows one of weight 0", () => {
  assertEquals(shares(2, 4), [
    { rows: [10], weight: 0 },
    { rows: [10], weight: 0.5 },
    { rows: [10], weight: 0 },
    { rows: [11], weight: 0.5 },
  ]);
});
