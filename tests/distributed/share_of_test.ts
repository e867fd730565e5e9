import { assert, assertEquals } from "@std/assert";
import { shareOf } from "../../src/distributed/share_of.ts";

Deno.test("shareOf parts any length without gaps, evenly", () => {
  let cases = 0;
  for (const size of [1, 2, 3, 4, 7]) {
    for (const length of [0, 1, 2, 6, 7, 8, 1e6 + 1]) {
      const shares = Array.from({ length: size }, (_, rank) => shareOf(length, { rank, size }));
      const lengths = shares.map(({ start, end }) => end - start);
      assertEquals([shares[0].start, shares[size - 1].end], [0, length]);
      for (let rank = 1; rank < size; rank++) {
        assertEquals(shares[rank].start, shares[rank - 1].end);
      }
      assert(Math.max(...lengths) - Math.min(...lengths) <= 1);
      cases++;
    }
  }
  assertEquals(cases, 35);
});
