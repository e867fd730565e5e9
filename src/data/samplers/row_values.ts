/**
 * Which texts of a dataset are equal.
 *
 * @module
 */
import type { Dataset } from "../dataset.ts";
import { hash64 } from "./hash64.ts";
import type { RowValues } from "./remaining_rows.ts";

/**
 * Numbers the distinct texts of a dataset, and keeps them in memory meanwhile.
 *
 * @param dataset The rows.
 * @returns Equal numbers for equal texts, in whichever columns.
 */
export function textValues(dataset: Dataset): RowValues {
  const width = dataset.columns.length;
  const ids = new Uint32Array(dataset.length * width);
  const known = new Map<string, number>();
  dataset.columns.forEach((column, index) => {
    let at = index;
    for (const text of dataset.text(column)) {
      let id = known.get(text);
      if (id === undefined) known.set(text, id = known.size);
      ids[at] = id;
      at += width;
    }
  });
  return { ids, width, distinct: known.size };
}

/**
 * Numbers the distinct hashes of texts, by a table of open addresses that is at most half full.
 *
 * @param dataset The rows.
 * @returns Equal numbers for texts of one hash, in whichever columns.
 */
export function hashedValues(dataset: Dataset): RowValues {
  const width = dataset.columns.length;
  const count = dataset.length * width;
  const ids = new Uint32Array(count);
  const hashes = new Uint32Array(2 * count);
  /** For every address one more than the place of the first text that has it, or 0. */
  const table = new Uint32Array(2 * count);
  let distinct = 0;
  dataset.columns.forEach((column, index) => {
    let at = index;
    for (const text of dataset.text(column)) {
      hash64(text, hashes, { index: at });
      const [low, high] = [hashes[2 * at], hashes[2 * at + 1]];
      let address = Math.floor(low / 2 ** 32 * table.length);
      let first = table[address];
      while (first > 0 && (hashes[2 * first - 2] !== low || hashes[2 * first - 1] !== high)) {
        address = address + 1 === table.length ? 0 : address + 1;
        first = table[address];
      }
      if (first === 0) table[address] = at + 1;
      ids[at] = first === 0 ? distinct++ : ids[first - 1];
      at += width;
    }
  });
  return { ids, width, distinct };
}
