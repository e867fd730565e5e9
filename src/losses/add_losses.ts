/**
 * Sums of losses, whole or in components.
 *
 * @module
 */
import { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { weightedSum } from "../ops/weighted_sum.ts";
import type { LossComponents } from "./loss.ts";

/**
 * Adds what a loss returned several times. Components of the same name are added to one another.
 *
 * @param tape Runs and records.
 * @param parts What was returned: scalars, or components of the same names each.
 * @param weights A factor for each part.
 * @returns The sum, in the form of the parts.
 */
export function addLosses(
  tape: Tape,
  parts: readonly (Tensor | LossComponents)[],
  weights: readonly number[],
): Tensor | LossComponents {
  if (parts.every((part) => part instanceof Tensor)) return weightedSum(tape, parts, weights);
  const components = parts as readonly LossComponents[];
  const names = Object.keys(components[0]);
  return Object.fromEntries(
    names.map((name) => [name, weightedSum(tape, components.map((part) => part[name]), weights)]),
  );
}
