import { assert, assertEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { noDuplicates } from "../../../src/data/samplers/no_duplicates.ts";
import { noDuplicatesHashed } from "../../../src/data/samplers/no_duplicates_hashed.ts";
import { assertBatches, assertPure, lists, randomDataset } from "./random_dataset.ts";

Deno.test("no duplicates, hashed: the batches of no_duplicates", () => {
  const random = new Random("no duplicates hashed");
  let batches = 0;
  for (let round = 0; round < 300; round++) {
    const dataset = randomDataset(random);
    const batchSize = 1 + random.integer(20);
    const options = { batchSize, dropLast: random.integer(2) === 0, seed: round };
    const hashed = noDuplicatesHashed(dataset, options);
    const plain = noDuplicates(dataset, options);
    for (const epoch of [0, 3]) {
      assertBatches(hashed, epoch, { length: dataset.length, batchSize });
      assertEquals(lists(hashed.batches(epoch)), lists(plain.batches(epoch)));
      batches += hashed.steps(epoch);
    }
  }
  assert(batches > 2000);
});

Deno.test("no duplicates, hashed: a pure function of seed and epoch", () => {
  const texts = new Map([["text", Array.from({ length: 60 }, (_, row) => `${row % 25}`)]]);
  const dataset = new Dataset({ name: "repeated", texts });
  assertPure((seed) => noDuplicatesHashed(dataset, { batchSize: 5, dropLast: false, seed }));
});

Deno.test("no duplicates, hashed: reads each column once, for all epochs", () => {
  const read: string[] = [];
  const column = (name: string, texts: string[]) =>
    Object.assign([...texts], {
      *[Symbol.iterator]() {
        read.push(name);
        for (let row = 0; row < texts.length; row++) yield texts[row];
      },
    });
  const texts = new Map([["a", column("a", ["x", "y", "z"])], ["b", column("b", ["y", "w", "v"])]]);
  read.length = 0;
  const dataset = new Dataset({ name: "columns", texts });
  const sampler = noDuplicatesHashed(dataset, { batchSize: 3, dropLast: false, seed: 0 });
  assertEquals(read, []);
  for (const epoch of [0, 1, 2, 0]) {
    assertEquals(sampler.batches(epoch).map(({ length }) => length).sort(), [1, 2]);
  }
  assertEquals(read, ["a", "b"]);
});

Deno.test("no duplicates, hashed: nothing comes of a dataset without rows", () => {
  const dataset = new Dataset({ name: "none", texts: new Map([["text", []]]) });
  assertEquals(noDuplicatesHashed(dataset, { batchSize: 3, dropLast: false, seed: 0 }).steps(0), 0);
});
