import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { ConcatDataset } from "../../../src/data/concat_dataset.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { batchSampler } from "../../../src/data/samplers/batch_sampler.ts";
import { groupByLength } from "../../../src/data/samplers/group_by_length.ts";
import { multiDatasetSampler } from "../../../src/data/samplers/multi_dataset.ts";
import { multiDatasetBatchSamplerNames } from "../../../src/data/samplers/multi_dataset_orders.ts";
import { createBatchSampler } from "../../../src/data/samplers/names.ts";
import type { BatchSampler } from "../../../src/data/samplers/sampler.ts";
import { UsageError } from "../../../src/errors.ts";
import { assertBatches, lists } from "./random_dataset.ts";

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

Deno.test("multiDatasetSampler: each batch of each dataset is one of its own sampler", () => {
  const random = new Random("multi");
  let batches = 0;
  for (let round = 0; round < 100; round++) {
    const sizes = Array.from({ length: 1 + random.integer(4) }, () => 1 + random.integer(40));
    const concat = lineUp(sizes);
    for (const batchSampler of ["batch_sampler", "no_duplicates", "no_duplicates_hashed"]) {
      for (const multiDatasetBatchSampler of multiDatasetBatchSamplerNames) {
        const own = { batchSize: 1 + random.integer(6), dropLast: round % 2 === 0, seed: round };
        const sampler = multiDatasetSampler(concat, {
          ...own,
          batchSampler,
          multiDatasetBatchSampler,
        });
        assertBatches(sampler, 1, { length: concat.length, batchSize: own.batchSize });
        const expected = concat.datasets.map((dataset, i) =>
          createBatchSampler(batchSampler, dataset, own).batches(1)
            .map((batch) => [...batch].map((row) => row + concat.starts[i]))
        );
        const found = concat.datasets.map((): number[][] => []);
        for (const batch of sampler.batches(1)) {
          const at = concat.datasets.indexOf(concat.locate(batch[0]).dataset);
          found[at].push([...batch]);
        }
        const shortest = Math.min(...expected.map(({ length }) => length));
        assertEquals(
          found,
          multiDatasetBatchSampler === "proportional"
            ? expected
            : expected.map((batches) => batches.slice(0, shortest)),
        );
        batches += sampler.steps(1);
      }
    }
  }
  assert(batches > 5000);
});

Deno.test("multiDatasetSampler of one dataset is its batch sampler, whatever the order", () => {
  for (const multiDatasetBatchSampler of multiDatasetBatchSamplerNames) {
    const concat = lineUp([9]);
    const sampler = multiDatasetSampler(concat, { ...OPTIONS, multiDatasetBatchSampler });
    const expected = createBatchSampler("batch_sampler", concat.datasets[0], OPTIONS);
    assertEquals(sampler.batches(3), expected.batches(3));
  }
  assertEquals(multiDatasetBatchSamplerNames.length, 2);
});

Deno.test("multiDatasetSampler: counts steps without drawing batches", () => {
  const drawn: number[] = [];
  const sampler = multiDatasetSampler(lineUp([4, 2]), {
    ...OPTIONS,
    multiDatasetBatchSampler: "proportional",
    batchSampler: (dataset, options) => {
      const inner = batchSampler(dataset, options);
      return { steps: inner.steps, batches: (epoch) => (drawn.push(epoch), inner.batches(epoch)) };
    },
  });
  assertEquals([0, 1, 2].map(sampler.steps), [3, 3, 3]);
  assertEquals(drawn, []);
  assertEquals(sampler.batches(2).length, 3);
  assertEquals(drawn, [2, 2]);
});

Deno.test("multiDatasetSampler: a batch sampler of one's own gets dataset and options", () => {
  const asked: unknown[] = [];
  const sampler = multiDatasetSampler(lineUp([3, 2]), {
    ...OPTIONS,
    multiDatasetBatchSampler: "round_robin",
    batchSampler: ({ name, length }, options) => {
      asked.push([name, options]);
      const batches = () => [Uint32Array.from({ length }, (_, row) => length - 1 - row)];
      return { batches, steps: () => 1 };
    },
  });
  assertEquals(
    asked,
    ["d0", "d1"].map((name) => [name, { batchSize: 2, dropLast: false, seed: 4 }]),
  );
  assertEquals(lists(sampler.batches(0)), [[2, 1, 0], [4, 3]]);
});

Deno.test("multiDatasetSampler refuses rows that do not exist and empty batches", () => {
  const sampler = (batch: number[]) =>
    multiDatasetSampler(lineUp([3, 2]), {
      ...OPTIONS,
      multiDatasetBatchSampler: "proportional",
      batchSampler: () => ({
        batches: () => [Uint32Array.of(0), Uint32Array.from(batch)],
        steps: () => 2,
      }),
    });
  assertThrows(
    () => sampler([0, 2]).batches(0),
    RangeError,
    'Cannot sample from dataset "d1": batch 1 has row 2, but there are 2',
  );
  assertThrows(() => sampler([]).batches(0), RangeError, 'dataset "d0": batch 1 is empty');
});

Deno.test("multiDatasetSampler: an order of one's own may go through a dataset again", () => {
  const sampler = multiDatasetSampler(lineUp([4, 2]), {
    ...OPTIONS,
    multiDatasetBatchSampler: () => () => [1, 0, 1, 0, 1],
  });
  const batches = sampler.batches(0);
  assertEquals(sampler.steps(0), 5);
  assertEquals(batches.map(([row]) => row >= 4), [true, false, true, false, true]);
  assertEquals(batches[2], batches[0]);
  assertNotEquals(batches[3], batches[1]);
});

Deno.test("multiDatasetSampler: given lengths, groups the rows of each dataset by them", () => {
  const concat = lineUp([40, 30]);
  const lengthsOf = (dataset: Dataset) => Uint32Array.from({ length: dataset.length }, (_, i) => i);
  const own = { batchSize: 2, dropLast: false, seed: 4, lengthsOf, accumulation: 3 };
  const options = {
    ...own,
    batchSampler: "batch_sampler",
    multiDatasetBatchSampler: "round_robin",
  };
  const batches = multiDatasetSampler(concat, options).batches(0);
  assertEquals(batches.length, 30);
  const expected = concat.datasets.map((dataset) => groupByLength(dataset, own).batches(0));
  for (let step = 0; step < 30; step++) {
    const row = step % 2 === 0 ? 0 : 40;
    assertEquals(batches[step], expected[step % 2][step >> 1].map((i) => i + row));
  }
  assertEquals(batches[0][0], 39);

  for (const batchSampler of ["no_duplicates", () => expected[0] as never]) {
    const found = typeof batchSampler === "string" ? '"no_duplicates"' : "one of your own";
    assertThrows(
      () => multiDatasetSampler(concat, { ...options, batchSampler }),
      UsageError,
      `Cannot group rows by length: batch_sampler is ${found}, wanted "batch_sampler"`,
    );
  }
});

Deno.test("multiDatasetSampler refuses a sampler of one's own that is none or miscounts", () => {
  const sampler = (own: unknown) =>
    multiDatasetSampler(lineUp([3, 2]), {
      ...OPTIONS,
      multiDatasetBatchSampler: "proportional",
      batchSampler: () => own as BatchSampler,
    });
  const batches = () => [Uint32Array.of(0), Uint32Array.of(1)];
  for (const own of [null, { batches }, { steps: () => 2 }]) {
    assertThrows(() => sampler(own), TypeError, 'Cannot sample from dataset "d0": ');
  }
  for (const announced of [1, 3]) {
    assertThrows(
      () => sampler({ batches, steps: () => announced }).batches(0),
      RangeError,
      `Cannot sample from dataset "d0": its sampler announces ${announced} batches for epoch 0 and ` +
        "gives 2",
    );
  }
  assertThrows(
    () => sampler({ batches, steps: () => NaN }).steps(0),
    RangeError,
    'dataset "d0": its sampler announces NaN batches for epoch 0',
  );
});

Deno.test("multiDatasetSampler has constant steps where all samplers have and the order is known", () => {
  const labels = [0, 0, 1, 1, 0, 1];
  const texts = new Map([["text", labels.map((_, row) => `${row}`)]]);
  const concat = new ConcatDataset(["a", "b"].map((name) => new Dataset({ name, texts, labels })));
  const lengthsOf = ({ length }: Dataset) => new Uint32Array(length);
  const constant = (options: Partial<Parameters<typeof multiDatasetSampler>[1]>) => {
    const sampler = multiDatasetSampler(concat, {
      ...OPTIONS,
      batchSize: 4,
      multiDatasetBatchSampler: "proportional",
      ...options,
    });
    if (sampler.constantSteps) {
      const steps = [0, 1, 2].map((epoch) => sampler.batches(epoch).length);
      assertEquals(steps, new Array(3).fill(sampler.steps(0)));
    }
    return sampler.constantSteps;
  };
  const own = (constantSteps?: boolean) => () => ({
    batches: () => [Uint32Array.of(0)],
    steps: () => 1,
    constantSteps,
  });
  assertEquals(
    [
      constant({}),
      constant({ multiDatasetBatchSampler: "round_robin" }),
      constant({ lengthsOf }),
      constant({ batchSampler: "group_by_label" }),
      constant({ batchSampler: own(true) }),
      constant({ batchSampler: own() }),
      constant({ batchSampler: "no_duplicates" }),
      constant({ batchSampler: "no_duplicates_hashed" }),
      constant({ multiDatasetBatchSampler: () => () => [0, 1] }),
    ],
    [true, true, true, true, true, false, false, false, false],
  );
});

Deno.test("multiDatasetSampler asks once for steps that are constant", () => {
  const asked: number[] = [];
  const sampler = multiDatasetSampler(lineUp([3]), {
    ...OPTIONS,
    multiDatasetBatchSampler: "proportional",
    batchSampler: () => ({
      batches: () => [Uint32Array.of(0)],
      steps: (epoch) => asked.push(epoch) && 1,
      constantSteps: true,
    }),
  });
  assertEquals([5, 0, 7].map(sampler.steps), [1, 1, 1]);
  assertEquals(asked, [5]);
});

Deno.test("multiDatasetSampler refuses unknown names", () => {
  const create = (batchSampler: string, multiDatasetBatchSampler: string) => () =>
    multiDatasetSampler(lineUp([1]), { ...OPTIONS, batchSampler, multiDatasetBatchSampler });
  assertThrows(
    create("batch_sampler", "round_robbin"),
    UsageError,
    'known are "proportional", "round_robin"; the nearest is "round_robin"',
  );
  assertThrows(
    create("no_duplicate", "round_robin"),
    UsageError,
    'Cannot create batch sampler "no_duplicate"',
  );
});
