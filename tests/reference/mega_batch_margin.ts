/**
 * Margins for positive pairs and hardest negatives in float64, forward and backward (Wieting and Gimpel,
 * "ParaNMT-50M", 2018).
 *
 * @module
 */

/** Operands of {@linkcode megaBatchMargin}. */
export interface MegaBatchMarginInput {
  /** [B, C] */
  anchors: Float64Array;
  /** [B, C]; row i is the positive of anchor i. */
  positives: Float64Array;
  C: number;
  positiveMargin: number;
  negativeMargin: number;
}

/** Result of {@linkcode megaBatchMargin}. */
export interface MegaBatchMarginOutput {
  loss: number;
  dAnchors: Float64Array;
  dPositives: Float64Array;
}

/**
 * loss = mean over i of relu(positiveMargin - s_ii) + relu(max over j != i of s_ij - negativeMargin), and
 * its gradients; of equal negatives the first counts.
 */
export function megaBatchMargin(
  { anchors, positives, C, positiveMargin, negativeMargin }: MegaBatchMarginInput,
): MegaBatchMarginOutput {
  const B = anchors.length / C;
  const dAnchors = new Float64Array(anchors.length);
  const dPositives = new Float64Array(positives.length);
  const score = (i: number, j: number) => {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += anchors[i * C + c] * positives[j * C + c];
    return sum;
  };
  const addGradient = (i: number, j: number, dScore: number) => {
    for (let c = 0; c < C; c++) {
      dAnchors[i * C + c] += dScore * positives[j * C + c];
      dPositives[j * C + c] += dScore * anchors[i * C + c];
    }
  };
  let loss = 0;
  for (let i = 0; i < B; i++) {
    const short = positiveMargin - score(i, i);
    if (short > 0) {
      loss += short / B;
      addGradient(i, i, -1 / B);
    }
    const others = Array.from({ length: B }, (_, j) => j === i ? -Infinity : score(i, j));
    const hardest = others.indexOf(Math.max(...others));
    const excess = others[hardest] - negativeMargin;
    if (excess > 0) {
      loss += excess / B;
      addGradient(i, hardest, 1 / B);
    }
  }
  return { loss, dAnchors, dPositives };
}
