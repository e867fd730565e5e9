/**
 * Classes of pairs of embeddings by a linear classifier.
 *
 * @module
 */
import type { Embeddings } from "../evaluators/embedder.ts";

/** Parameters that were read back. */
interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A linear classifier of pairs. */
export interface PairClassifier {
  /** [K, columns of the features]. */
  readonly weight: Values;
  /** [K]. */
  readonly bias: Values;
  /** Whether the features hold u and v, |u - v|, and u v, in this order. */
  readonly parts: {
    readonly both: boolean;
    readonly difference: boolean;
    readonly product: boolean;
  };
}

/**
 * Classifies pairs on the host: what an evaluation needs is little beside the embedding of the texts.
 *
 * @param u Embeddings of the first texts, [N, C].
 * @param v Embeddings of the second texts, [N, C].
 * @param classifier Its weights and what it sees.
 * @returns The class of each pair with the highest output; of equal ones the first.
 * @throws {RangeError} If the shapes do not fit each other.
 */
export function classifyPairs(u: Embeddings, v: Embeddings, classifier: PairClassifier): number[] {
  const { weight, bias, parts: { both, difference, product } } = classifier;
  const { rows, columns } = u;
  const [classes, width] = weight.shape;
  const wanted = columns * ((both ? 2 : 0) + Number(difference) + Number(product));
  if (v.rows !== rows || v.columns !== columns || wanted !== width) {
    throw new RangeError(
      `Cannot classify pairs: found embeddings [${rows}, ${columns}] and [${v.rows}, ${v.columns}], wanted two of one shape that make features of ${width} numbers`,
    );
  }
  return Array.from({ length: rows }, (_, row) => {
    const [a, b] = [u, v].map(({ data }) => data.subarray(row * columns, (row + 1) * columns));
    const features = [
      ...(both ? [...a, ...b] : []),
      ...(difference ? a.map((value, i) => Math.abs(value - b[i])) : []),
      ...(product ? a.map((value, i) => value * b[i]) : []),
    ];
    let best = 0;
    let most = -Infinity;
    for (let k = 0; k < classes; k++) {
      const output = features.reduce(
        (sum, value, i) => sum + value * weight.data[k * width + i],
        bias.data[k],
      );
      if (output > most) [best, most] = [k, output];
    }
    return best;
  });
}
