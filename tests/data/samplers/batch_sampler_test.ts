import { assertEquals } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { batchSampler } from "../../../src/data/samplers/batch_sampler.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";
import { assertBatches, assertPure, numberedDataset } from "./random_dataset.ts";

Deno.test("batch sampler: cuts the row order into batches", () => {
  const random = new Random("batch sampler");
  for (let round = 0; round < 100; round++) {
    const length = random.integer(50);
    const dataset = numberedDataset(length);
    const batchSize = 1 + random.integer(12);
    const seed = random.integer(5);
    const epoch = random.integer(5);
    const sampler = batchSampler(dataset, { batchSize, dropLast: false, seed });
    assertBatches(sampler, epoch, { length, batchSize });
    const batches = sampler.batches(epoch);
    assertEquals(batches.flatMap((batch) => [...batch]), [...rowOrder(dataset, seed, epoch)]);
    assertEquals(sampler.steps(epoch), Math.ceil(length / batchSize));
    assertEquals(batches.slice(0, -1).filter(({ length }) => length !== batchSize), []);

    const dropping = batchSampler(dataset, { batchSize, dropLast: true, seed });
    assertBatches(dropping, epoch, { length, batchSize });
    assertEquals(dropping.steps(epoch), Math.floor(length / batchSize));
    assertEquals(dropping.batches(epoch), batches.slice(0, Math.floor(length / batchSize)));
  }
});

Deno.test("batch sampler: a pure function of seed and epoch", () => {
  assertPure((seed) => batchSampler(numberedDataset(60), { batchSize: 7, dropLast: false, seed }));
});
