import { assertEquals, assertThrows } from "@std/assert";
import { attentionTiles } from "../../src/data/attention_tiles.ts";
import { Random } from "../../src/data/random.ts";

Deno.test("attention tiles: longest sequences first, equal lengths in their order", () => {
  const starts = Uint32Array.of(0, 2, 7, 9, 14); // lengths 2, 5, 2, 5
  assertEquals([...attentionTiles(starts, 4)], [2, 1, 6, 1, 9, 3, 13, 3, 0, 0, 7, 2]);
});

Deno.test("attention tiles: lengths below, at and above the tile", () => {
  assertEquals([...attentionTiles(Uint32Array.of(0, 3), 4)], [0, 0]);
  assertEquals([...attentionTiles(Uint32Array.of(0, 4), 4)], [0, 0]);
  assertEquals([...attentionTiles(Uint32Array.of(0, 5), 4)], [0, 0, 4, 0]);
  assertEquals([...attentionTiles(Uint32Array.of(0), 4)], []);
});

Deno.test("attention tiles: cover every row of every sequence once", () => {
  const random = new Random("attention tiles");
  for (let round = 0; round < 50; round++) {
    const starts = [0];
    const sequences = 1 + random.integer(20);
    for (let s = 0; s < sequences; s++) starts.push(starts[s] + 1 + random.integer(30));
    const rows = 1 + random.integer(12);
    const tiles = attentionTiles(Uint32Array.from(starts), rows);
    const covered: number[] = [];
    let longest = Infinity;
    for (let tile = 0; tile < tiles.length; tile += 2) {
      const [first, sequence] = [tiles[tile], tiles[tile + 1]];
      const end = Math.min(first + rows, starts[sequence + 1]);
      for (let row = first; row < end; row++) covered.push(row);
      assertEquals((first - starts[sequence]) % rows, 0);
      const length = starts[sequence + 1] - starts[sequence];
      assertEquals(length <= longest, true);
      longest = length;
    }
    covered.sort((a, b) => a - b);
    assertEquals(covered, Array.from({ length: starts[sequences] }, (_, row) => row));
  }
});

Deno.test("attention tiles: a tile without rows is refused", () => {
  for (const rows of [0, -1, 1.5]) {
    assertThrows(() => attentionTiles(Uint32Array.of(0, 1), rows), RangeError, `rows is ${rows}`);
  }
});
