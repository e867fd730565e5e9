import { assert, assertEquals } from "@std/assert";
import { Dataset } from "../../../src/data/dataset.ts";
import { Random } from "../../../src/data/random.ts";
import { noDuplicates } from "../../../src/data/samplers/no_duplicates.ts";
import { rowOrder } from "../../../src/data/samplers/row_order.ts";

/** Scans all remaining rows for every batch. */
function scanned(dataset: Dataset, order: Iterable<number>, batchSize: number): number[][] {
  const remaining = [...order];
  const batches: number[][] = [];
  while (remaining.length > 0) {
    const seen = new Set<string>();
    const batch = remaining.filter((row) => {
      const texts = dataset.columns.map((column) => dataset.text(column)[row]);
      if (texts.some((text) => seen.has(text))) return false;
      texts.forEach((text) => seen.add(text));
      return true;
    }).slice(0, batchSize);
    batches.push(batch);
    batch.forEach((row) => remaining.splice(remaining.indexOf(row), 1));
  }
  return batches;
}

function randomDataset(random: Random): Dataset {
  const length = random.integer(120);
  const columns = 1 + random.integer(3);
  const texts = new Map<string, string[]>();
  for (let column = 0; column < columns; column++) {
    const distinct = 1 + random.integer(random.integer(2) === 0 ? 8 : 200);
    const shared = random.integer(2) === 0; // between the columns
    const values = Array.from(
      { length },
      () => `${shared ? "" : `${column}:`}${random.integer(distinct)}`,
    );
    texts.set(`column ${column}`, values);
  }
  return new Dataset({ name: `random ${random.uint32()}`, texts });
}

Deno.test("no duplicates: the batches of a scan over all remaining rows", () => {
  const random = new Random("no duplicates");
  let short = 0;
  let full = 0;
  for (let round = 0; round < 600; round++) {
    const dataset = randomDataset(random);
    const batchSize = 1 + random.integer(20);
    const seed = random.integer(100);
    const sampler = noDuplicates(dataset, { batchSize, dropLast: false, seed });
    const dropping = noDuplicates(dataset, { batchSize, dropLast: true, seed });
    for (const epoch of [0, 1]) {
      const expected = scanned(dataset, rowOrder(dataset, seed, epoch), batchSize);
      assertEquals(sampler.batches(epoch).map((batch) => [...batch]), expected);
      assertEquals(sampler.steps(epoch), expected.length);
      const kept = expected.filter(({ length }) => length === batchSize);
      assertEquals(dropping.batches(epoch).map((batch) => [...batch]), kept);
      assertEquals(dropping.steps(epoch), kept.length);
      full += kept.length;
      short += expected.length - kept.length;
    }
  }
  assert(full > 1000 && short > 1000, `${full} full batches and ${short} short ones`);
});

Deno.test("no duplicates: a text of one column counts in the others", () => {
  const texts = new Map([["anchor", ["x", "y"]], ["positive", ["y", "z"]]]);
  const dataset = new Dataset({ name: "pairs", texts });
  const sampler = noDuplicates(dataset, { batchSize: 2, dropLast: false, seed: 0 });
  assertEquals(sampler.batches(0).map(({ length }) => length), [1, 1]);
});

Deno.test("no duplicates: labels may be equal, and a row may repeat itself", () => {
  const texts = new Map([["a", ["x", "y"]], ["b", ["x", "y"]]]);
  const dataset = new Dataset({ name: "pairs", texts, labels: [1, 1] });
  const sampler = noDuplicates(dataset, { batchSize: 2, dropLast: false, seed: 0 });
  assertEquals(sampler.steps(0), 1);
});

Deno.test("no duplicates: time stays linear when half of the rows share a text", () => {
  const length = 40_000;
  const random = new Random("shared text");
  const positive = Array.from({ length }, (_, i) => i % 2 === 0 ? "shared" : `${random.uint32()}`);
  const anchor = Array.from({ length }, (_, i) => `anchor ${i}`);
  const texts = new Map([["anchor", anchor], ["positive", positive]]);
  const dataset = new Dataset({ name: "pairs", texts });
  const start = performance.now();
  const batches = noDuplicates(dataset, { batchSize: 64, dropLast: false, seed: 0 }).batches(0);
  const elapsed = performance.now() - start;
  assertEquals(batches.length, length / 2); // each holds the shared text once
  assertEquals(batches.reduce((rows, batch) => rows + batch.length, 0), length);
  assert(elapsed < 2000, `took ${elapsed} ms`); // a scan per batch looks at 200 million rows
});
