import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ConcatDataset } from "../../../src/data/concat_dataset.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import {
  multiDatasetBatchSamplerNames,
  multiDatasetSampler,
} from "../../../src/data/samplers/multi_dataset.ts";
import { UsageError } from "../../../src/errors.ts";

const SIZES = [10, 3, 7];

function lineUp(sizes: readonly number[]): ConcatDataset {
  return new ConcatDataset(sizes.map((rows, i) => {
    const texts = Array.from({ length: rows }, (_, row) => `${i} ${row}`);
    return new Dataset({ name: `d${i}`, texts: new Map([["text", texts]]) });
  }));
}

const OPTIONS = { batchSize: 2, dropLast: false, seed: 4, batchSampler: "batch_sampler" };

/** Which dataset each batch is from; every batch is of one. */
function sources(concat: ConcatDataset, batches: readonly Uint32Array[]): string[] {
  return batches.map((batch) => {
    const names = new Set([...batch].map((row) => concat.locate(row).dataset.name));
    assertEquals(names.size, 1);
    return [...names][0];
  });
}

Deno.test("multiDatasetSampler, proportional: every row once, in a new order every epoch", () => {
  const concat = lineUp(SIZES);
  const sampler = multiDatasetSampler(concat, {
    ...OPTIONS,
    multiDatasetBatchSampler: "proportional",
  });
  const batches = sampler.batches(0);
  assertEquals([sampler.steps(0), batches.length], [11, 11]);
  const rows = batches.flatMap((batch) => [...batch]).sort((a, b) => a - b);
  assertEquals(rows, Array.from({ length: 20 }, (_, i) => i));
  const order = sources(concat, batches);
  assertEquals(order.filter((name) => name === "d0").length, 5);
  assertNotEquals(order, order.toSorted());
  assertNotEquals(order, sources(concat, sampler.batches(1)));
  assertEquals(sampler.batches(0), batches);
});

Deno.test("multiDatasetSampler, round_robin: in turn until the first has none left", () => {
  const concat = lineUp(SIZES);
  const sampler = multiDatasetSampler(concat, {
    ...OPTIONS,
    multiDatasetBatchSampler: "round_robin",
  });
  const batches = sampler.batches(0);
  assertEquals(sources(concat, batches), ["d0", "d1", "d2", "d0", "d1", "d2"]);
  assertEquals(sampler.steps(0), 6);
  const rows = batches.flatMap((batch) => [...batch]);
  assertEquals(new Set(rows).size, rows.length);
});

Deno.test("multiDatasetSampler of one dataset is its batch sampler, whatever the order", () => {
  for (const multiDatasetBatchSampler of multiDatasetBatchSamplerNames) {
    const sampler = multiDatasetSampler(lineUp([9]), { ...OPTIONS, multiDatasetBatchSampler });
    const rows = sampler.batches(3).flatMap((batch) => [...batch]);
    assert(rows.length === 9 && new Set(rows).size === 9);
  }
  assertEquals(multiDatasetBatchSamplerNames.length, 2);
});

Deno.test("multiDatasetSampler refuses an unknown order", () => {
  assertThrows(
    () =>
      multiDatasetSampler(lineUp([1]), { ...OPTIONS, multiDatasetBatchSampler: "round_robbin" }),
    UsageError,
    'known are "proportional", "round_robin"; the nearest is "round_robin"',
  );
});
