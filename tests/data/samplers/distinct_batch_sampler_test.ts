import { assert, assertEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { distinctBatchSampler } from "../../../src/data/samplers/distinct_batch_sampler.ts";
import { noDuplicates } from "../../../src/data/samplers/no_duplicates.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";
import { assertBatches, lists, textsOf } from "./random_dataset.ts";
import { scan, scannedBatches } from "./scanned.ts";

/** Numbers are texts of their own: the values are what `valuesOf` says, whatever the dataset holds. */
Deno.test("distinctBatchSampler: asks once which texts are equal, when they are needed", () => {
  const texts = new Map([["text", ["a", "a", "b", "c"]]]);
  const dataset = new Dataset({ name: "four", texts });
  let asked = 0;
  const sampler = distinctBatchSampler(dataset, {
    batchSize: 4,
    dropLast: false,
    seed: 0,
    valuesOf: () => {
      asked++;
      return { ids: Uint32Array.of(0, 1, 2, 2), width: 1, distinct: 3 };
    },
  });
  assertEquals(asked, 0);
  for (const epoch of [0, 1, 0]) {
    assertEquals(sampler.batches(epoch).map(({ length }) => length), [3, 1]);
  }
  assertEquals(asked, 1);
});

Deno.test("distinctBatchSampler, dropLast: rows that were left out are gone through again", () => {
  const random = new Random("distinct batches");
  let more = 0;
  for (let round = 0; round < 300; round++) {
    // Rows of two columns of which many share a text of either: a pass leaves out what would fit.
    const column = () =>
      Array.from({ length: 40 }, () => `${random.integer(random.integer(30) + 1)}`);
    const texts = new Map([["a", column()], ["b", column()], ["c", column()]]);
    const dataset = new Dataset({ name: `random ${round}`, texts });
    const options = { batchSize: 2 + random.integer(4), dropLast: true, seed: round };
    const sampler = noDuplicates(dataset, options);
    assertBatches(sampler, 0, { length: 40, batchSize: options.batchSize });
    const batches = lists(sampler.batches(0));
    assertEquals(batches, scannedBatches(dataset, options, 0));
    assert(batches.every(({ length }) => length === options.batchSize));
    const order = rowOrder(dataset, round, 0);
    const firstPass = scan(order, options.batchSize, (row) => textsOf(dataset, row))
      .filter(({ length }) => length === options.batchSize);
    assertEquals(batches.slice(0, firstPass.length), firstPass);
    if (batches.length > firstPass.length) more++;
  }
  assert(more > 10, `${more} datasets gained batches`);
});
