/**
 * Sums, maxima and minima over the values of several ranks.
 *
 * @module
 */
import type { ReduceOperation } from "./communicator.ts";

/**
 * Adds one rank's values to those of the ranks before it. A sum is rounded to f32 after every
 * addition: adding in f64 first changes nothing, as 53 bits are more than twice 24.
 *
 * @param total What the ranks before it make; overwritten.
 * @param values As many values of the next rank.
 * @param operation What is made of both.
 */
export function reducePart(
  total: Float32Array,
  values: Float32Array,
  operation: ReduceOperation,
): void {
  const length = total.length;
  if (operation === "sum") {
    for (let i = 0; i < length; i++) total[i] += values[i];
  } else if (operation === "max") {
    for (let i = 0; i < length; i++) total[i] = Math.max(total[i], values[i]);
  } else {
    for (let i = 0; i < length; i++) total[i] = Math.min(total[i], values[i]);
  }
}
