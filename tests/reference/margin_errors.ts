/**
 * Errors of margins between scores in float64, forward and backward.
 *
 * @module
 */

/** Scores of B rows, of a positive and then of its n negatives. */
export interface MarginErrorsInput {
  /** [B, n + 1] */
  scores: Float64Array;
  /** [B, n], margins, or [B, n + 1], scores. */
  labels: Float64Array;
  n: number;
}

/** terms_i = mean_j ((s_i0 - s_ij) - m_ij)^2 */
export function marginErrors(input: MarginErrorsInput): Float64Array {
  const terms = new Float64Array(input.scores.length / (input.n + 1));
  eachError(input, (error, i) => terms[i] += error ** 2 / input.n);
  return terms;
}

/** The gradient of the scores. */
export function marginErrorsBackward(
  input: MarginErrorsInput,
  dTerms: Float64Array,
): Float64Array {
  const { n } = input;
  const dScores = new Float64Array(input.scores.length);
  eachError(input, (error, i, j) => {
    const g = 2 * error / n * dTerms[i];
    dScores[i * (n + 1)] += g;
    dScores[i * (n + 1) + j] -= g;
  });
  return dScores;
}

function eachError(
  { scores, labels, n }: MarginErrorsInput,
  use: (error: number, i: number, j: number) => void,
): void {
  const B = scores.length / (n + 1);
  for (let i = 0; i < B; i++) {
    for (let j = 1; j <= n; j++) {
      const at = i * (n + 1);
      const margin = labels.length === B * n ? labels[i * n + j - 1] : labels[at] - labels[at + j];
      use(scores[at] - scores[at + j] - margin, i, j);
    }
  }
}
