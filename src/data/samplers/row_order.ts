/**
 * The order in which an epoch goes through the rows of a dataset.
 *
 * @module
 */

import type { Dataset } from "../dataset.ts";
import { Random } from "../random.ts";

/**
 * All row indices in random order, a pure function of seed, epoch, and the dataset's name and length.
 *
 * @param epoch Counts from 0.
 */
export function rowOrder(dataset: Dataset, seed: number, epoch: number): Uint32Array<ArrayBuffer> {
  const rows = Uint32Array.from({ length: dataset.length }, (_, row) => row);
  return new Random(seed, epoch, dataset.name).shuffle(rows);
}
