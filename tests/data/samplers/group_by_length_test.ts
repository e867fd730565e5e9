import { assert, assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { groupByLength } from "../../../src/data/samplers/group_by_length.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";
import { assertBatches, assertPure, lists, numberedDataset } from "./random_dataset.ts";

/** Mega-batches as lists; `order` is the shuffled rows. */
function megaBatched(order: readonly number[], lengths: readonly number[], step: number): number[] {
  const mult = Math.max(1, Math.min(Math.floor(order.length / (step * 4)), 50));
  const mega: number[][] = [];
  for (let start = 0; start < order.length; start += mult * step) {
    const rows = order.slice(start, start + mult * step);
    mega.push(rows.toSorted((a, b) => lengths[b] - lengths[a]));
  }
  const longest = Math.max(...mega.map(([first]) => lengths[first]));
  const at = mega.findIndex(([first]) => lengths[first] === longest);
  if (at > 0) [mega[0][0], mega[at][0]] = [mega[at][0], mega[0][0]];
  return mega.flat();
}

Deno.test("group by length: mega-batches from long to short, the longest row first of all", () => {
  const random = new Random("group by length");
  let ties = 0;
  for (let round = 0; round < 300; round++) {
    const length = random.integer(round % 10 === 0 ? 2000 : 200);
    const dataset = numberedDataset(length);
    const batchSize = 1 + random.integer(8);
    const accumulation = 1 + random.integer(3);
    const range = 1 + random.integer(40);
    const lengths = Array.from({ length }, () => random.integer(range));
    ties += length - new Set(lengths).size;
    for (const dropLast of [false, true]) {
      const options = { batchSize, dropLast, seed: round, accumulation, lengthsOf: () => lengths };
      const sampler = groupByLength(dataset, options);
      for (const epoch of [0, 1]) {
        assertBatches(sampler, epoch, { length, batchSize });
        const order = [...rowOrder(dataset, round, epoch)];
        const line = megaBatched(order, lengths, batchSize * accumulation);
        const kept = dropLast ? length - length % batchSize : length;
        const batches = lists(sampler.batches(epoch));
        assertEquals(batches.flat(), line.slice(0, kept));
        assert(batches.slice(0, -1).every((batch) => batch.length === batchSize));
        if (line.length > 0) assertEquals(lengths[line[0]], Math.max(...lengths));
      }
    }
  }
  assert(ties > 10_000);
});

Deno.test("group by length: a batch has rows of similar length", () => {
  const random = new Random("similar");
  const lengths = Array.from({ length: 4000 }, () => random.integer(100));
  const spread = (batches: readonly Uint32Array[]) =>
    batches.reduce((sum, batch) => {
      const found = [...batch].map((row) => lengths[row]);
      return sum + Math.max(...found) - Math.min(...found);
    }, 0) / batches.length;
  const options = { batchSize: 8, dropLast: false, seed: 1, lengthsOf: () => lengths };
  const grouped = groupByLength(numberedDataset(4000), options);
  // A mega-batch of 400 rows has 4 of each of 100 lengths on average: 8 rows span about 2.
  assert(spread(grouped.batches(0)) < 5);
});

Deno.test("group by length: a pure function of seed and epoch, which asks for lengths once", () => {
  let asked = 0;
  const lengths = Array.from({ length: 60 }, (_, row) => row % 11);
  const lengthsOf = () => {
    asked++;
    return lengths;
  };
  const dataset = numberedDataset(60);
  const create = (seed: number) =>
    groupByLength(dataset, { batchSize: 4, dropLast: false, seed, lengthsOf });
  assertEquals(create(0).steps(0), 15);
  assertEquals(asked, 0);
  assertPure(create);
  assertEquals(asked, 3); // of three samplers
});

Deno.test("group by length refuses lengths that are no lengths, and steps of no batch", () => {
  const create = (lengths: number[], accumulation?: number) => () =>
    groupByLength(numberedDataset(3), {
      batchSize: 2,
      dropLast: false,
      seed: 0,
      accumulation,
      lengthsOf: () => lengths,
    }).batches(0);
  assertThrows(
    create([1, 2]),
    RangeError,
    'Cannot group dataset "numbered" by length: found 2 lengths, wanted 3',
  );
  assertThrows(create([1, NaN, 2]), RangeError, "the length of row 1 is NaN");
  for (const accumulation of [0, 1.5, NaN]) {
    assertThrows(
      create([1, 2, 3], accumulation),
      RangeError,
      `accumulation is ${accumulation}, wanted a positive integer`,
    );
  }
});
