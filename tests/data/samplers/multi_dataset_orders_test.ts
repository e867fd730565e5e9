import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import {
  createMultiDatasetOrder,
  multiDatasetBatchSamplerNames,
  type MultiDatasetSamplerFactory,
} from "../../../src/data/samplers/multi_dataset_orders.ts";
import { UsageError } from "../../../src/errors.ts";

const OPTIONS = { batchSize: 2, dropLast: false, seed: 4 };

/** Samplers of which only the number of batches is asked for. */
function samplersOf(counts: readonly number[]) {
  const batches = (): Uint32Array[] => {
    throw new Error("An order needs no batches");
  };
  return counts.map((steps) => ({ steps: () => steps, batches }));
}

Deno.test("multi-dataset orders: proportional has every batch once, in a new order every epoch", () => {
  const random = new Random("proportional");
  for (let round = 0; round < 50; round++) {
    const counts = Array.from({ length: 1 + random.integer(5) }, () => random.integer(20));
    const order = createMultiDatasetOrder("proportional", samplersOf(counts), OPTIONS);
    const expected = counts.flatMap((count, i) => new Array<number>(count).fill(i));
    assertEquals(Array.from(order(round)).sort((a, b) => a - b), expected);
  }
  const order = createMultiDatasetOrder("proportional", samplersOf([9, 3, 7]), OPTIONS);
  assertNotEquals(order(0), order(1));
  assertEquals(order(0), order(0));
});

Deno.test("multi-dataset orders: round_robin has complete rounds until the first has none left", () => {
  const order = createMultiDatasetOrder("round_robin", samplersOf([4, 2, 3]), OPTIONS);
  assertEquals(Array.from(order(0)), [0, 1, 2, 0, 1, 2]);
  assertEquals(
    Array.from(createMultiDatasetOrder("round_robin", samplersOf([4, 0]), OPTIONS)(0)),
    [],
  );
});

Deno.test("multi-dataset orders: one of one's own gets samplers and options", () => {
  const alternate: MultiDatasetSamplerFactory = (samplers, { seed }) => (epoch) =>
    Array.from({ length: samplers[1].steps(epoch) }, (_, i) => (seed + epoch + i) % 2);
  const order = createMultiDatasetOrder(alternate, samplersOf([1, 3]), OPTIONS);
  assertEquals([order(0), order(1)], [[0, 1, 0], [1, 0, 1]]);
});

Deno.test("multi-dataset orders: one of one's own may not name what is not there", () => {
  for (const index of [2, -1, 0.5, NaN, 1]) {
    assertThrows(
      () => createMultiDatasetOrder(() => () => [0, index], samplersOf([3, 0]), OPTIONS)(5),
      RangeError,
      `Cannot order batches: batch 1 of epoch 5 is to be of dataset ${index}, ` +
        "but there are 2 datasets of 3, 0 batches",
    );
  }
});

Deno.test("multi-dataset orders: one of one's own must be a function that gives lists", () => {
  for (const order of [null, undefined, 7]) {
    assertThrows(
      () => createMultiDatasetOrder(() => order as never, samplersOf([1]), OPTIONS),
      TypeError,
      `the function given as multi-dataset batch sampler returned ${order}, wanted a function`,
    );
    assertThrows(
      () => createMultiDatasetOrder(() => () => order as never, samplersOf([1]), OPTIONS)(3),
      TypeError,
      `Cannot order batches: the order of epoch 3 is ${order}, wanted a list of indices`,
    );
  }
});

Deno.test("multi-dataset orders: an unknown name lists the known ones and the nearest", () => {
  assertEquals(multiDatasetBatchSamplerNames, ["proportional", "round_robin"]);
  for (const name of ["round_robbin", "round-robin"]) {
    assertThrows(
      () => createMultiDatasetOrder(name, samplersOf([1]), OPTIONS),
      UsageError,
      `Cannot create multi-dataset batch sampler "${name}": ` +
        'known are "proportional", "round_robin"; the nearest is "round_robin"',
    );
  }
  assertThrows(() => createMultiDatasetOrder("toString", samplersOf([1]), OPTIONS), UsageError);
});
