/**
 * Cross entropy over dot products of pairs of rows, each pair listed, in float64.
 *
 * @module
 */

/** A pair of rows, and a constant that is added to its scaled dot product. */
export interface Pair {
  x: number;
  y: number;
  added?: number;
}

/** What one row of the loss compares. */
export interface PairRow {
  positive: Pair;
  /** A softmax each, over all of its pairs. */
  softmaxes: Pair[][];
}

/** x . y of two rows of [R, C]. */
export function dotOf(values: Float64Array, C: number, { x, y }: Pair): number {
  let sum = 0;
  for (let c = 0; c < C; c++) sum += values[x * C + c] * values[y * C + c];
  return sum;
}

/**
 * loss = mean over rows of (mean over softmaxes of logsumexp(scale x . y + added)) - scale of the positive's
 * dot product, and its gradient with respect to `values`, [R, C].
 */
export function pairSoftmax(
  { values, C, scale, rows }: {
    values: Float64Array;
    C: number;
    scale: number;
    rows: readonly PairRow[];
  },
): { loss: number; gradient: Float64Array } {
  const gradient = new Float64Array(values.length);
  const score = (pair: Pair) => scale * dotOf(values, C, pair) + (pair.added ?? 0);
  const addGradient = ({ x, y }: Pair, dScore: number) => {
    for (let c = 0; c < C; c++) {
      const [atX, atY] = [values[x * C + c], values[y * C + c]];
      gradient[x * C + c] += dScore * scale * atY;
      gradient[y * C + c] += dScore * scale * atX;
    }
  };
  let loss = 0;
  for (const { positive, softmaxes } of rows) {
    loss -= score(positive) / rows.length;
    addGradient(positive, -1 / rows.length);
    for (const pairs of softmaxes) {
      const share = 1 / softmaxes.length / rows.length;
      const scores = pairs.map(score);
      const maximum = Math.max(...scores);
      const sum = scores.reduce((total, value) => total + Math.exp(value - maximum), 0);
      loss += share * (maximum + Math.log(sum));
      pairs.forEach((pair, index) =>
        addGradient(pair, share * Math.exp(scores[index] - maximum) / sum)
      );
    }
  }
  return { loss, gradient };
}
