import { assertEquals, assertThrows } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { batchSampler } from "../../../src/data/samplers/batch_sampler.ts";
import { batchSamplerNames, createBatchSampler } from "../../../src/data/samplers/names.ts";
import { noDuplicates } from "../../../src/data/samplers/no_duplicates.ts";
import { UsageError } from "../../../src/errors.ts";

const dataset = new Dataset({ name: "texts", texts: new Map([["text", ["a", "a", "b", "c"]]]) });
const options = { batchSize: 2, dropLast: false, seed: 1 };

Deno.test("sampler names: every name creates its sampler", () => {
  assertEquals(batchSamplerNames, ["batch_sampler", "no_duplicates"]);
  const batches = (name: string) => createBatchSampler(name, dataset, options).batches(0);
  assertEquals(batches("batch_sampler"), batchSampler(dataset, options).batches(0));
  assertEquals(batches("no_duplicates"), noDuplicates(dataset, options).batches(0));
});

Deno.test("sampler names: an unknown name lists the known ones and the nearest", () => {
  assertThrows(
    () => createBatchSampler("no_duplicate", dataset, options),
    UsageError,
    'Cannot create batch sampler "no_duplicate": known are "batch_sampler", "no_duplicates"; ' +
      'the nearest is "no_duplicates"',
  );
  for (const name of ["", "toString", "group_by_label"]) {
    assertThrows(
      () => createBatchSampler(name, dataset, options),
      UsageError,
      `Cannot create batch sampler "${name}": known are "batch_sampler", "no_duplicates"`,
    );
  }
});
