import { assertEquals, assertThrows } from "@std/assert";
import { collate } from "../../src/data/collator.ts";

const anchors = { name: "anchor", sequences: [Uint32Array.of(1, 2, 3), Uint32Array.of(4)] };
const positives = { name: "positive", sequences: [Uint32Array.of(5, 6), Uint32Array.of(7, 8)] };

Deno.test("collator: packs one column after the other", () => {
  assertEquals(collate([anchors, positives]), {
    ids: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    positions: Uint32Array.of(0, 1, 2, 0, 0, 1, 0, 1),
    sequenceStarts: Uint32Array.of(0, 3, 4, 6, 8),
    columns: [{ name: "anchor", first: 0, count: 2 }, { name: "positive", first: 2, count: 2 }],
    labels: null,
  });
});

Deno.test("collator: labels are one number a row, or the numbers of every row in turn", () => {
  assertEquals(collate([anchors], [0.5, 1]).labels, Float32Array.of(0.5, 1));
  assertEquals(collate([anchors], [[1, 2], [3, 4]]).labels, Float32Array.of(1, 2, 3, 4));
  assertEquals(collate([anchors], null).labels, null);
});

Deno.test("collator: says how many tokens of each sequence are a prompt's, if any are", () => {
  assertEquals("promptLengths" in collate([anchors, positives]), false);
  const batch = collate([anchors, { ...positives, promptLength: 1 }]);
  assertEquals(batch.promptLengths, Uint32Array.of(0, 0, 1, 1));
});

Deno.test("collator: packs empty sequences where they may be", () => {
  const none = { name: "none", sequences: [new Uint32Array(), Uint32Array.of(7)] };
  const { ids, sequenceStarts } = collate([none], null, { allowEmpty: true });
  assertEquals([[...ids], [...sequenceStarts]], [[7], [0, 0, 1]]);
});

Deno.test("collator: refuses what is not a batch", () => {
  assertThrows(() => collate([]), RangeError, "it has no columns");
  assertThrows(
    () => collate([anchors, { name: "negative", sequences: [Uint32Array.of(1)] }]),
    RangeError,
    'column "negative" has 1 rows, column "anchor" has 2',
  );
  assertThrows(
    () => collate([{ name: "anchor", sequences: [Uint32Array.of(1), new Uint32Array()] }]),
    RangeError,
    'row 1 of column "anchor" has no tokens',
  );
  assertThrows(() => collate([anchors], [1]), RangeError, "1 labels for 2 rows");
});
