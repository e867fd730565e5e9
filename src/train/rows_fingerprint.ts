/**
 * Tells whether rows are the ones of another day.
 *
 * @module
 */
import type { Dataset } from "../data/dataset.ts";
import { DispatchedDataset } from "../data/dispatched_dataset.ts";
import { hash64 } from "../data/samplers/hash64.ts";

/** Rows that are looked at: a streamed dataset reads each from disk. */
const MOST_ROWS = 1024;

/**
 * A number for the texts and labels of a dataset: of all its rows where they are at most 1024, otherwise
 * of 1024 that lie evenly, the first and the last among them. Order counts.
 *
 * @param dataset The rows.
 * @returns 16 hexadecimal digits.
 *
 * @example Two texts that changed places
 * ```ts
 * import { assertNotEquals } from "@std/assert";
 * import { Dataset } from "../data/dataset.ts";
 * import { rowsFingerprint } from "./rows_fingerprint.ts";
 *
 * const of = (...texts: string[]) =>
 *   rowsFingerprint(new Dataset({ name: "d", texts: new Map([["text", texts]]) }));
 * assertNotEquals(of("a", "b"), of("b", "a"));
 * ```
 */
export function rowsFingerprint(dataset: Dataset): string {
  if (dataset instanceof DispatchedDataset) return dataset.facts.fingerprint;
  const { length, labels, columns } = dataset;
  const texts = columns.map((column) => dataset.text(column));
  const count = Math.min(length, MOST_ROWS);
  const row = new Uint32Array(2);
  let all = "";
  for (let i = 0; i < count; i++) {
    const at = count === 1 ? 0 : Math.round(i * (length - 1) / (count - 1));
    hash64(JSON.stringify([texts.map((column) => column.at(at)), labels?.[at]]), row);
    all += hex(row);
  }
  hash64(all, row);
  return hex(row);
}

function hex(words: Uint32Array): string {
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}
