import { assertEquals } from "@std/assert";
import { indexIds } from "../../src/data/id_index.ts";
import { Random } from "../../src/data/random.ts";

Deno.test("id index: groups tokens by ascending id, ascending within a group", () => {
  const { order, starts, unique } = indexIds(Uint32Array.of(7, 3, 7, 0, 3, 7));
  assertEquals([...unique], [0, 3, 7]);
  assertEquals([...starts], [0, 1, 3, 6]);
  assertEquals([...order], [3, 1, 4, 0, 2, 5]);
});

Deno.test("id index: no tokens, one token, one id", () => {
  assertEquals(indexIds(new Uint32Array()), {
    order: new Uint32Array(),
    starts: Uint32Array.of(0),
    unique: new Uint32Array(),
  });
  assertEquals(indexIds(Uint32Array.of(30521)), {
    order: Uint32Array.of(0),
    starts: Uint32Array.of(0, 1),
    unique: Uint32Array.of(30521),
  });
  assertEquals(indexIds(Uint32Array.of(5, 5, 5)), {
    order: Uint32Array.of(0, 1, 2),
    starts: Uint32Array.of(0, 3),
    unique: Uint32Array.of(5),
  });
});

Deno.test("id index: agrees with grouping one id at a time", () => {
  const random = new Random("id index");
  for (let round = 0; round < 50; round++) {
    const vocabulary = 1 + random.integer(40);
    const ids = Uint32Array.from(
      { length: random.integer(200) },
      () => random.integer(vocabulary),
    );
    const { order, starts, unique } = indexIds(ids);
    const distinct = [...new Set(ids)].sort((a, b) => a - b);
    assertEquals([...unique], distinct);
    const groups = distinct.map((id) => [...ids.keys()].filter((token) => ids[token] === id));
    assertEquals(distinct.map((_, g) => [...order.slice(starts[g], starts[g + 1])]), groups);
    assertEquals(starts.length, distinct.length + 1);
    assertEquals(starts[distinct.length], ids.length);
  }
});
