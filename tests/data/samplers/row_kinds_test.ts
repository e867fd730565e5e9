import { assertEquals } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { rowKinds } from "../../../src/data/samplers/row_kinds.ts";

Deno.test("rowKinds: rows of the same ids in whichever order, numbered as they come", () => {
  const ids = Uint32Array.of(1, 2, 2, 1, 1, 1, 3, 0, 1, 2);
  assertEquals(rowKinds(ids, 2), { kinds: Uint32Array.of(0, 0, 1, 2, 0), count: 3 });
  assertEquals([...ids], [1, 2, 1, 2, 1, 1, 0, 3, 1, 2]);
  assertEquals(rowKinds(new Uint32Array(0), 3), { kinds: new Uint32Array(0), count: 0 });
});

Deno.test("rowKinds: as a map from sorted ids", () => {
  const random = new Random("row kinds");
  for (let round = 0; round < 200; round++) {
    const width = 1 + random.integer(5);
    const rows = random.integer(300);
    const distinct = 1 + random.integer(12);
    const ids = Uint32Array.from({ length: rows * width }, () => random.integer(distinct));
    const known = new Map<string, number>();
    const expected = Array.from({ length: rows }, (_, row) => {
      const key = [...ids.slice(row * width, (row + 1) * width).sort()].join(" ");
      if (!known.has(key)) known.set(key, known.size);
      return known.get(key)!;
    });
    const { kinds, count } = rowKinds(ids, width);
    assertEquals([...kinds], expected);
    assertEquals(count, known.size);
  }
});
