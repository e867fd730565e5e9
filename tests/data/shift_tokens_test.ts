import { assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { shiftTokens } from "../../src/data/shift_tokens.ts";

Deno.test("shiftTokens pairs each token with the next of its sequence", () => {
  const sequences = [[5, 6, 7], [8], [9, 10]].map((ids) => Uint32Array.from(ids));
  const { batch, targets } = shiftTokens(collate([{ name: "text", sequences }]));
  assertEquals([...batch.ids], [5, 6, 9]);
  assertEquals([...batch.positions], [0, 1, 0]);
  assertEquals([...batch.sequenceStarts], [0, 2, 2, 3]);
  assertEquals([...targets], [6, 7, 10]);
});

Deno.test("shiftTokens of sequences of one token leaves nothing", () => {
  const { batch, targets } = shiftTokens(
    collate([{ name: "text", sequences: [Uint32Array.of(3), Uint32Array.of(4)] }]),
  );
  assertEquals([[...batch.ids], [...batch.sequenceStarts], [...targets]], [[], [0, 0, 0], []]);
});
