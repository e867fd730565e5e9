import { assert, assertEquals, assertThrows } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { groupByLabel } from "../../../src/data/samplers/group_by_label.ts";
import type { SamplerOptions } from "../../../src/data/samplers/sampler.ts";
import { UsageError } from "../../../src/errors.ts";
import { assertBatches, assertPure, lists, numberedDataset } from "./random_dataset.ts";

/** Labels take turns with two rows each, until fewer than two have rows left; as lists, row by row. */
function turnByTurn(
  labels: readonly number[],
  { batchSize, dropLast, seed }: SamplerOptions,
  epoch: number,
): number[][] {
  const random = new Random(seed, epoch, "numbered", "group by label");
  const rowsOf = (label: number) =>
    Array.from(labels.keys()).filter((row) => labels[row] === label);
  const queues = [...new Set(labels)].map(rowsOf).filter(({ length }) => length >= 2)
    .map((rows) => random.shuffle(rows))
    .map((rows) => rows.slice(0, 2 * Math.floor(rows.length / 2)));
  let active = [...queues.keys()];
  let last = -1;
  const batches: number[][] = [[]];
  while (active.length >= 2) {
    random.shuffle(active);
    if (batches.at(-1)!.length > 0 && active[0] === last) active.unshift(...active.splice(1, 1));
    for (const queue of active) {
      batches.at(-1)!.push(...queues[queue].splice(0, 2));
      if (batches.at(-1)!.length === batchSize) batches.push([]);
      last = queue;
    }
    active = active.filter((queue) => queues[queue].length > 0);
  }
  const rest = batches.pop()!;
  return rest.length >= 4 && !dropLast ? [...batches, rest] : batches;
}

function randomLabels(random: Random): number[] {
  const distinct = 2 + random.integer(random.integer(2) === 0 ? 4 : 60);
  const favoured = random.float();
  const labels = Array.from(
    { length: random.integer(150) },
    () => random.float() < favoured / 2 ? 0 : random.integer(distinct) - 0.5,
  );
  return [7, 8, ...labels, 8, 7];
}

Deno.test("group by label: the batches of labels that take turns", () => {
  const random = new Random("group by label");
  let batchCount = 0;
  for (let round = 0; round < 500; round++) {
    const labels = randomLabels(random);
    const { length } = labels;
    const batchSize = 4 + 2 * random.integer(round % 2 === 0 ? 1 : 10);
    const options = { batchSize, dropLast: random.integer(2) === 0, seed: round };
    const sampler = groupByLabel(numberedDataset(length, labels), options);
    for (const epoch of [0, 1]) {
      assertBatches(sampler, epoch, { length, batchSize });
      const batches = lists(sampler.batches(epoch));
      assertEquals(batches, turnByTurn(labels, options, epoch));
      batchCount += batches.length;
      for (const batch of batches) {
        assert(batch.length === batchSize || (!options.dropLast && batch === batches.at(-1)));
        const found = batch.map((row) => labels[row]);
        assert(new Set(found).size >= 2, `labels of a batch: ${found}`);
        for (const label of found) assert(found.filter((other) => other === label).length >= 2);
      }
    }
  }
  assert(batchCount > 5000);
});

Deno.test("group by label: a pair left over from a round does not meet its own label", () => {
  // Three labels of two pairs in batches of two pairs: half of a round's last pair starts a batch.
  const labels = Array.from({ length: 12 }, (_, row) => row % 3);
  let drawn = 0;
  for (let seed = 0; seed < 200; seed++) {
    const dataset = numberedDataset(12, labels);
    const batches = groupByLabel(dataset, { batchSize: 4, dropLast: false, seed }).batches(0);
    for (const batch of batches) assertEquals(new Set([...batch].map((row) => row % 3)).size, 2);
    drawn += batches.length;
  }
  assertEquals(drawn, 600);
});

Deno.test("group by label: every row has its turn over the epochs, but none of a lone label", () => {
  const labels = [0, 0, 0, 1, 1, 1, 1, 1, 2];
  const sampler = groupByLabel(numberedDataset(9, labels), {
    batchSize: 4,
    dropLast: false,
    seed: 1,
  });
  const seen = new Set<number>();
  for (let epoch = 0; epoch < 40; epoch++) {
    assertEquals(sampler.steps(epoch), 1);
    for (const row of sampler.batches(epoch)[0]) seen.add(row);
  }
  assertEquals([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("group by label: a pure function of seed and epoch", () => {
  const dataset = numberedDataset(60, Array.from({ length: 60 }, (_, row) => row % 7));
  assertPure((seed) => groupByLabel(dataset, { batchSize: 8, dropLast: false, seed }));
});

Deno.test("group by label refuses what it cannot group", () => {
  const create = (labels: number[] | null, batchSize: number) => () =>
    groupByLabel(numberedDataset(labels?.length ?? 4, labels), {
      batchSize,
      dropLast: false,
      seed: 0,
    });
  for (const batchSize of [5, 2, 0, -4, 4.5, NaN]) {
    assertThrows(
      create([0, 0, 1, 1], batchSize),
      UsageError,
      `Cannot group dataset "numbered" by label: ` +
        `batch_size must be an even number >= 4, but got ${batchSize}`,
    );
  }
  for (const [labels, count] of [[[0, 0, 0, 0], 1], [[0, 1, 2, 3], 0], [[0, 1, 1], 1]] as const) {
    assertThrows(
      create([...labels], 4),
      UsageError,
      "GroupByLabelBatchSampler requires at least 2 distinct labels with >= 2 samples each, " +
        `but only ${count} label(s) qualified`,
    );
  }
  assertThrows(
    create(null, 4),
    UsageError,
    "None of the valid_label_columns ['label', 'labels', 'score', 'scores'] are in the dataset, " +
      "which only has these columns: ['text']",
  );
  const texts = new Map([["text", ["a", "b"]]]);
  const scores = new Dataset({ name: "scores", texts, labels: [[1, 2], [3, 4]] });
  assertThrows(
    () => groupByLabel(scores, { batchSize: 4, dropLast: false, seed: 0 }),
    UsageError,
    "the label of row 0 is an array, wanted a number",
  );
});
