import { assertEquals, assertThrows } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { batchSampler } from "../../../src/data/samplers/batch_sampler.ts";
import { groupByLabel } from "../../../src/data/samplers/group_by_label.ts";
import { batchSamplerNames, createBatchSampler } from "../../../src/data/samplers/names.ts";
import { noDuplicates } from "../../../src/data/samplers/no_duplicates.ts";
import { noDuplicatesHashed } from "../../../src/data/samplers/no_duplicates_hashed.ts";
import { UsageError } from "../../../src/errors.ts";

const texts = new Map([["text", ["a", "a", "b", "c", "d", "e"]]]);
const dataset = new Dataset({ name: "texts", texts, labels: [0, 1, 0, 1, 2, 2] });
const options = { batchSize: 4, dropLast: false, seed: 1 };

Deno.test("sampler names: every name creates its sampler", () => {
  assertEquals(batchSamplerNames, [
    "batch_sampler",
    "no_duplicates",
    "no_duplicates_hashed",
    "group_by_label",
  ]);
  const batches = (name: string) => createBatchSampler(name, dataset, options).batches(0);
  assertEquals(batches("batch_sampler"), batchSampler(dataset, options).batches(0));
  assertEquals(batches("no_duplicates"), noDuplicates(dataset, options).batches(0));
  assertEquals(batches("no_duplicates_hashed"), noDuplicatesHashed(dataset, options).batches(0));
  assertEquals(batches("group_by_label"), groupByLabel(dataset, options).batches(0));
});

Deno.test("sampler names: an unknown name lists the known ones and the nearest", () => {
  const known =
    'known are "batch_sampler", "no_duplicates", "no_duplicates_hashed", "group_by_label"';
  for (
    const [name, nearest] of [
      ["no_duplicate", "no_duplicates"],
      ["NO_DUPLICATES_HASH", "no_duplicates_hashed"],
      ["group-by-lable", "group_by_label"],
      ["group_by_length", "group_by_label"],
    ]
  ) {
    assertThrows(
      () => createBatchSampler(name, dataset, options),
      UsageError,
      `Cannot create batch sampler "${name}": ${known}; the nearest is "${nearest}"`,
    );
  }
  for (const name of ["", "toString"]) {
    assertThrows(
      () => createBatchSampler(name, dataset, options),
      UsageError,
      `Cannot create batch sampler "${name}": ${known}`,
    );
  }
});
