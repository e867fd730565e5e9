/**
 * Which of several lengths or layers a step looks at.
 *
 * @module
 */
import { Random } from "../data/random.ts";
import type { Tape } from "../ops/tape.ts";

/** What {@linkcode drawIndices} gives. */
export interface DrawnIndices {
  /** Indices, ascending. */
  readonly indices: readonly number[];
  /** Factor of each one's share in a sum, so that the sum is what the mean of many draws would be. */
  readonly factor: number;
}

/**
 * Draws some of several indices while training, as a function of the tape's next random key. Otherwise it
 * gives all of them, and the share that each would have on average: a measured loss does not depend on
 * luck.
 *
 * @param tape Knows whether it trains, and the key.
 * @param total How many indices there are.
 * @param count How many to draw; below 1 or from `total` on, all are taken.
 * @returns The indices and the factor of their shares.
 */
export function drawIndices(tape: Tape, total: number, count: number): DrawnIndices {
  const indices = Array.from({ length: total }, (_, i) => i);
  if (count < 1 || count >= total) return { indices, factor: 1 };
  if (!tape.training) return { indices, factor: count / total };
  const drawn = new Random(...tape.randomKey()).shuffle(indices).slice(0, count);
  return { indices: drawn.sort((a, b) => a - b), factor: 1 };
}
