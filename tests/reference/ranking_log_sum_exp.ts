/**
 * log(1 + sum over pairs in the wrong order of exp(scale difference)) in float64, forward and backward.
 *
 * @module
 */

/** Operands of {@linkcode rankingLogSumExp}. */
export interface RankingLogSumExpInput {
  scores: Float64Array;
  /** One label a score. */
  labels: ArrayLike<number>;
  scale: number;
}

/** log(1 + sum over i, j with label_i < label_j of exp(scale (s_i - s_j))). */
export function rankingLogSumExp(input: RankingLogSumExpInput): number {
  const exponents = [0, ...pairs(input).map(({ exponent }) => exponent)];
  const maximum = exponents.reduce((a, b) => Math.max(a, b));
  return maximum + Math.log(exponents.reduce((sum, x) => sum + Math.exp(x - maximum), 0));
}

/** The gradient of the scores. */
export function rankingLogSumExpBackward(
  input: RankingLogSumExpInput,
  dLoss: number,
): Float64Array {
  const loss = rankingLogSumExp(input);
  const gradient = new Float64Array(input.scores.length);
  for (const { i, j, exponent } of pairs(input)) {
    const share = Math.exp(exponent - loss) * input.scale * dLoss;
    gradient[i] += share;
    gradient[j] -= share;
  }
  return gradient;
}

function pairs({ scores, labels, scale }: RankingLogSumExpInput) {
  const found: { i: number; j: number; exponent: number }[] = [];
  for (let i = 0; i < scores.length; i++) {
    for (let j = 0; j < scores.length; j++) {
      if (labels[i] < labels[j]) found.push({ i, j, exponent: scale * (scores[i] - scores[j]) });
    }
  }
  return found;
}
