import { assertEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { batchSampler } from "../../../src/data/samplers/batch_sampler.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";

function dataset(length: number): Dataset {
  return new Dataset({ name: "texts", texts: new Map([["text", Array.from({ length }, String)]]) });
}

Deno.test("batch sampler: cuts the row order into batches", () => {
  const random = new Random("batch sampler");
  for (let round = 0; round < 100; round++) {
    const length = random.integer(50);
    const batchSize = 1 + random.integer(12);
    const seed = random.integer(5);
    const epoch = random.integer(5);
    const sampler = batchSampler(dataset(length), { batchSize, dropLast: false, seed });
    const batches = sampler.batches(epoch);
    assertEquals(batches.flatMap((batch) => [...batch]), [
      ...rowOrder(dataset(length), seed, epoch),
    ]);
    assertEquals(sampler.steps(epoch), Math.ceil(length / batchSize));
    assertEquals(batches.slice(0, -1).filter(({ length }) => length !== batchSize), []);

    const dropping = batchSampler(dataset(length), { batchSize, dropLast: true, seed });
    assertEquals(dropping.steps(epoch), Math.floor(length / batchSize));
    assertEquals(dropping.batches(epoch), batches.slice(0, Math.floor(length / batchSize)));
  }
});
