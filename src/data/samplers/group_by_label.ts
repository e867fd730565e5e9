/**
 * Batches in which every class has company and contrast.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { Dataset } from "../dataset.ts";
import { Random } from "../random.ts";
import { countBatches, cutBatches } from "./cut_batches.ts";
import { type BatchSampler, samplerOf, type SamplerOptions } from "./sampler.ts";

/** Two pairs: the smallest batch in which a row can have one of its own and one of another label. */
const SMALLEST_BATCH = 4;

/**
 * Batches with two or more rows of each of two or more labels, as the batch triplet losses need them.
 * In every epoch, the rows of each label are shuffled; the labels take turns, in an order drawn anew
 * every round, and give two rows each, until fewer than two labels have rows left. That line of pairs
 * is cut into batches; a last one that is not full is kept if it has four rows, unless `dropLast` is
 * set. A label has no part if it has one row only; a label of an odd number of rows leaves out another
 * one every epoch; what the most frequent label has more than the second leaves out another part.
 *
 * So that no batch is of one label alone, the first two labels of a round change places if the first
 * of them gave the last pair of a batch that is not full yet.
 *
 * Source: `sentence_transformers.sampler.GroupByLabelBatchSampler`, with pull request 4013.
 *
 * @param dataset Rows with one number each as label.
 * @param options Batch size, seed and whether a short last batch is left out.
 * @returns The sampler.
 * @throws {UsageError} If the dataset has no labels, one that is not a number, or fewer than two labels
 *   of two rows; if the batch size is odd or less than 4.
 */
export function groupByLabel(dataset: Dataset, options: SamplerOptions): BatchSampler {
  const { batchSize, dropLast, seed } = options;
  const failed = `Cannot group dataset "${dataset.name}" by label`;
  if (!Number.isInteger(batchSize) || batchSize < SMALLEST_BATCH || batchSize % 2 === 1) {
    throw new UsageError(
      `${failed}: batch_size must be an even number >= ${SMALLEST_BATCH}, but got ${batchSize}`,
    );
  }
  const { rows, starts } = groupsOf(labelsOf(dataset, failed));
  const groups = starts.length - 1;
  if (groups < 2) {
    throw new UsageError(
      `${failed}: GroupByLabelBatchSampler requires at least 2 distinct labels with >= 2 samples each, ` +
        `but only ${groups} label(s) qualified`,
    );
  }
  const pairs = Uint32Array.from({ length: groups }, (_, i) => (starts[i + 1] - starts[i]) >> 1);
  const rounds = secondLargest(pairs);
  const length = pairs.reduce((sum, count) => sum + 2 * Math.min(count, rounds), 0);
  const cut = { batchSize, smallest: dropLast ? batchSize : SMALLEST_BATCH };
  return samplerOf(options, (epoch) => {
    const random = new Random(seed, epoch, dataset.name, "group by label");
    const shuffled = rows.slice();
    for (let i = 0; i < groups; i++) random.shuffle(shuffled.subarray(starts[i], starts[i + 1]));
    const next = starts.slice();
    const line = new Uint32Array(length);
    turns(pairs, { rounds, length, batchSize, random }).forEach((group, turn) => {
      line[2 * turn] = shuffled[next[group]++];
      line[2 * turn + 1] = shuffled[next[group]++];
    });
    return cutBatches(line, cut);
  }, countBatches(length, cut));
}

function labelsOf({ columns, labels }: Dataset, failed: string): readonly number[] {
  if (labels === null) {
    const found = columns.map((column) => `'${column}'`).join(", ");
    throw new UsageError(
      `${failed}: None of the valid_label_columns ['label', 'labels', 'score', 'scores'] are in the ` +
        `dataset, which only has these columns: [${found}]; choose another batch_sampler`,
    );
  }
  const row = labels.findIndex((label) => typeof label !== "number");
  if (row >= 0) {
    throw new UsageError(
      `${failed}: the label of row ${row} is an array, wanted a number; choose another batch_sampler`,
    );
  }
  return labels as readonly number[];
}

/** The rows of labels that have two or more: group i is `rows[starts[i]]` up to `rows[starts[i + 1]]`. */
interface Groups {
  readonly rows: Uint32Array;
  readonly starts: Uint32Array;
}

/** Sorts rows by label, the labels in the order of their first rows. */
function groupsOf(labels: readonly number[]): Groups {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const next = new Map<number, number>();
  const starts = [0];
  for (const [label, count] of counts) {
    if (count < 2) continue;
    const start = starts[starts.length - 1];
    next.set(label, start);
    starts.push(start + count);
  }
  const rows = new Uint32Array(starts[starts.length - 1]);
  labels.forEach((label, row) => {
    const place = next.get(label);
    if (place === undefined) return;
    rows[place] = row;
    next.set(label, place + 1);
  });
  return { rows, starts: new Uint32Array(starts) };
}

function secondLargest(counts: Uint32Array): number {
  let [first, second] = [0, 0];
  for (const count of counts) {
    if (count > first) [first, second] = [count, first];
    else if (count > second) second = count;
  }
  return second;
}

/** How labels take turns. */
interface TurnOptions {
  /** Rounds with two labels or more. */
  readonly rounds: number;
  /** Rows of all turns. */
  readonly length: number;
  readonly batchSize: number;
  readonly random: Random;
}

/** The group of every turn; a turn is of two rows. */
function turns(
  pairs: Uint32Array,
  { rounds, length, batchSize, random }: TurnOptions,
): Uint32Array {
  const line = new Uint32Array(length / 2);
  const inBatch = batchSize / 2;
  let active = Uint32Array.from(pairs.keys());
  let end = 0;
  for (let round = 0; round < rounds; round++) {
    random.shuffle(active);
    if (end % inBatch > 0 && active[0] === line[end - 1]) {
      [active[0], active[1]] = [active[1], active[0]];
    }
    line.set(active, end);
    end += active.length;
    let left = 0;
    for (const group of active) {
      if (pairs[group] > round + 1) active[left++] = group;
    }
    if (left < active.length) active = active.subarray(0, left);
  }
  return line;
}
