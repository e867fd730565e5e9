/**
 * The matrix products of linear layers, for measuring.
 *
 * @module
 */
import type { TunedShape } from "./tune_matmul.ts";

/** A linear layer's weight. */
export interface LinearWeight {
  /** Its name. */
  readonly name: string;
  /** [N, K]: outputs and inputs. */
  readonly shape: readonly number[];
}

/**
 * The three products of each layer: its result, the gradient of what it reads, that of its weight.
 *
 * @param weights The weights; of several with one shape the first counts.
 * @param options Rows that the layers see, and how the factors are stored. Default: `"f32"`.
 * @returns The products, in the order of the weights.
 */
export function linearProducts(
  weights: readonly LinearWeight[],
  { tokens, dtype = "f32" }: { tokens: number; dtype?: TunedShape["dtype"] },
): TunedShape[] {
  const shapes = new Set<string>();
  const distinct = weights.filter(({ shape }) => {
    const isNew = !shapes.has(shape.join());
    shapes.add(shape.join());
    return isNew;
  });
  return distinct.flatMap(({ name, shape: [n, k] }) => [
    { name, m: tokens, n, k, layout: "nt" as const, dtype },
    { name: `${name}, gradient of x`, m: tokens, n: k, k: n, layout: "nn" as const, dtype },
    { name: `${name}, its gradient`, m: n, n: k, k: tokens, layout: "tn" as const, dtype },
  ]);
}
