import { assert, assertEquals } from "@std/assert";
import { type IdIndex, indexIds } from "../../src/data/id_index.ts";
import { Random } from "../../src/data/random.ts";
import { splitGroups } from "../../src/data/split_groups.ts";

const EMPTY = { order: new Uint32Array(), starts: Uint32Array.of(0), unique: new Uint32Array() };

function groups({ order, starts, unique }: IdIndex): [number, number[]][] {
  return [...unique].map((id, i) => [id, [...order.slice(starts[i], starts[i + 1])]]);
}

Deno.test("splitGroups leaves groups up to the limit as they are", () => {
  const index = indexIds(Uint32Array.of(7, 3, 7, 0));
  assertEquals(splitGroups(index, 2), { short: index, pieces: EMPTY, sums: EMPTY });
  assertEquals(splitGroups(EMPTY, 2), { short: EMPTY, pieces: EMPTY, sums: EMPTY });
});

Deno.test("splitGroups cuts groups above the limit into pieces in order", () => {
  const index = indexIds(Uint32Array.of(5, 5, 1, 5, 9, 9, 5, 9, 5));
  const { short, pieces, sums } = splitGroups(index, 2);
  assertEquals(groups(short), [[1, [2]]]);
  assertEquals(groups(pieces), [[0, [0, 1]], [1, [3, 6]], [2, [8]], [3, [4, 5]], [4, [7]]]);
  assertEquals(groups(sums), [[5, [0, 1, 2]], [9, [3, 4]]]);
});

Deno.test("splitGroups keeps every token of every id, in order", () => {
  const random = new Random("split groups");
  let cut = 0;
  for (let round = 0; round < 50; round++) {
    const vocabulary = 1 + random.integer(20);
    const length = random.integer(200);
    const limit = 1 + random.integer(12);
    const index = indexIds(Uint32Array.from({ length }, () => random.integer(vocabulary)));
    const { short, pieces, sums } = splitGroups(index, limit);
    const parts = groups(pieces).map(([, tokens]) => tokens);
    for (const [, members] of [...groups(short), ...groups(pieces)]) {
      assert(members.length > 0 && members.length <= limit);
    }
    const whole = groups(sums).map(([id, members]): [number, number[]] => {
      assert(members.length > 1);
      return [id, members.flatMap((piece) => parts[piece])];
    });
    assertEquals([...groups(short), ...whole].sort(([a], [b]) => a - b), groups(index));
    cut += whole.length;
  }
  assert(cut > 50, `${cut} groups were cut`);
});
