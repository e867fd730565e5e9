import { assert, assertEquals, assertThrows } from "@std/assert";
import { packTexts } from "../../src/models/pack_texts.ts";
import { integerValues } from "../reference/random_values.ts";

/** Sequences of which only the length counts. */
function lengths(...values: number[]): { length: number }[] {
  return values.map((length) => ({ length }));
}

Deno.test("packTexts() puts texts of similar length together, the longest first", () => {
  assertEquals(packTexts(lengths(3, 9, 5, 9, 4), 2, 100), [[[1, 3], [2, 4], [0]]]);
});

Deno.test("packTexts() fills batches to 4,096 tokens where no size is given", () => {
  assertEquals(packTexts(lengths(2000, 96, 2000, 1), undefined, 100), [[[0, 2, 1], [3]]]);
  assertEquals(packTexts(lengths(5000, 5000, 10), undefined, 100), [[[0], [1], [2]]]);
});

Deno.test("packTexts() divides batches into groups of a limited size", () => {
  const same = lengths(...new Array(10).fill(7));
  assertEquals(packTexts(same, 2, 5), [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9]]]);
  assertEquals(packTexts(same, 5, 5), [[[0, 1, 2, 3, 4]], [[5, 6, 7, 8, 9]]]);
  assertEquals(packTexts(same.slice(0, 3), 2, 1), [[[0, 1]], [[2]]]);
});

Deno.test("packTexts() takes every text once", () => {
  const sequences = lengths(...integerValues(1000, 1, 300));
  for (const batchSize of [undefined, 1, 7, 999, 1000, 5000]) {
    const groups = packTexts(sequences, batchSize, 64);
    const batches = groups.flat();
    assertEquals(
      batches.flat().sort((a, b) => a - b),
      sequences.map((_, i) => i),
    );
    for (const batch of batches) {
      assert(batch.length > 0);
      const tokens = batch.reduce((sum, i) => sum + sequences[i].length, 0);
      assert(batchSize === undefined ? tokens <= 4096 : batch.length <= batchSize);
    }
    for (const group of groups) assert(group.length === 1 || group.flat().length <= 64);
  }
});

Deno.test("packTexts() of nothing is nothing", () => {
  assertEquals(packTexts([], undefined, 10), []);
  assertEquals(packTexts([], 4, 10), []);
});

Deno.test("packTexts() refuses a batch size without sense", () => {
  for (const batchSize of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => packTexts(lengths(1), batchSize, 10),
      RangeError,
      `the batch size is ${batchSize}, wanted a positive integer`,
    );
  }
});
