import { assert, assertEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { noDuplicates } from "../../../src/data/samplers/no_duplicates.ts";
import { assertBatches, assertPure, lists, randomDataset, textsOf } from "./random_dataset.ts";
import { scannedBatches } from "./scanned.ts";

Deno.test("no duplicates: the batches of a scan over all remaining rows", () => {
  const random = new Random("no duplicates");
  let short = 0;
  let full = 0;
  for (let round = 0; round < 600; round++) {
    const dataset = randomDataset(random);
    const { length } = dataset;
    const batchSize = 1 + random.integer(20);
    const seed = random.integer(100);
    for (const dropLast of [false, true]) {
      const options = { batchSize, dropLast, seed };
      const sampler = noDuplicates(dataset, options);
      for (const epoch of [0, 1]) {
        assertBatches(sampler, epoch, { length, batchSize });
        const batches = lists(sampler.batches(epoch));
        assertEquals(batches, scannedBatches(dataset, options, epoch));
        if (!dropLast) assertEquals(batches.flat().length, length);
        const filled = batches.filter(({ length }) => length === batchSize).length;
        full += filled;
        short += batches.length - filled;
        if (dropLast) assertEquals(filled, batches.length);
      }
    }
  }
  assert(full > 1000 && short > 1000, `${full} full batches and ${short} short ones`);
});

Deno.test("no duplicates: no text is in two rows of a batch", () => {
  const random = new Random("promise");
  let rows = 0;
  for (let round = 0; round < 200; round++) {
    const dataset = randomDataset(random);
    const sampler = noDuplicates(dataset, { batchSize: 8, dropLast: false, seed: round });
    for (const batch of sampler.batches(0)) {
      const texts = [...batch].flatMap((row) => [...new Set(textsOf(dataset, row))]);
      assertEquals(new Set(texts).size, texts.length);
      rows += batch.length;
    }
  }
  assert(rows > 5000);
});

Deno.test("no duplicates: a pure function of seed and epoch", () => {
  const texts = new Map([["text", Array.from({ length: 60 }, (_, row) => `${row % 25}`)]]);
  const dataset = new Dataset({ name: "repeated", texts });
  assertPure((seed) => noDuplicates(dataset, { batchSize: 5, dropLast: false, seed }));
});

Deno.test("no duplicates: a text of one column counts in the others", () => {
  const texts = new Map([["anchor", ["x", "y"]], ["positive", ["y", "z"]]]);
  const dataset = new Dataset({ name: "pairs", texts });
  const sampler = noDuplicates(dataset, { batchSize: 2, dropLast: false, seed: 0 });
  assertEquals(sampler.batches(0).map(({ length }) => length), [1, 1]);
});

Deno.test("no duplicates: labels may be equal, and a row may repeat itself", () => {
  const texts = new Map([["a", ["x", "y"]], ["b", ["x", "y"]]]);
  const dataset = new Dataset({ name: "pairs", texts, labels: [1, 1] });
  const sampler = noDuplicates(dataset, { batchSize: 2, dropLast: false, seed: 0 });
  assertEquals(sampler.steps(0), 1);
});
