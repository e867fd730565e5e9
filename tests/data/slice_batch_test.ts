import { assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import { cutBatch, sliceBatch } from "../../src/data/slice_batch.ts";

const sequences = (...lengths: number[]) =>
  lengths.map((length, i) => Uint32Array.from({ length }, (_, j) => 10 * i + j));

const BATCH = collate([
  { name: "a", sequences: sequences(2, 3, 1) },
  { name: "b", sequences: sequences(9, 2, 2) },
], [1, 2, 3]);

Deno.test("cutBatch() cuts after so many sequences, or before too many tokens", () => {
  const counts = (miniBatchSize: number, miniBatchTokens: number | null) =>
    cutBatch(BATCH, { miniBatchSize, miniBatchTokens }).map(({ first, count }) => [first, count]);
  assertEquals(counts(4, null), [[0, 4], [4, 2]]);
  assertEquals(counts(100, null), [[0, 6]]);
  assertEquals(counts(100, 6), [[0, 3], [3, 1], [4, 2]]);
  assertEquals(counts(2, 6), [[0, 2], [2, 1], [3, 1], [4, 2]]);
});

Deno.test("sliceBatch() gives the sequences of a range, and parts give the whole", () => {
  const slice = sliceBatch(BATCH, { first: 1, count: 2 });
  assertEquals([...slice.ids], [10, 11, 12, 20]);
  assertEquals([...slice.positions], [0, 1, 2, 0]);
  assertEquals([...slice.sequenceStarts], [0, 3, 4]);
  assertEquals([slice.columns, slice.labels], [[{ name: "part", first: 0, count: 2 }], null]);
  const promptLengths = Uint32Array.of(1, 2, 3, 4, 5, 6);
  const prompted = sliceBatch({ ...BATCH, promptLengths }, { first: 1, count: 2 });
  assertEquals([slice.promptLengths, [...prompted.promptLengths!]], [undefined, [2, 3]]);
  const parts = cutBatch(BATCH, { miniBatchSize: 2, miniBatchTokens: null })
    .map((range) => sliceBatch(BATCH, range));
  assertEquals(parts.flatMap(({ ids }) => [...ids]), [...BATCH.ids]);
});
