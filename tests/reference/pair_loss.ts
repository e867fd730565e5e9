/**
 * Losses that compare one number a pair with its label, in float64, forward and backward.
 *
 * @module
 */

/** Operands of {@linkcode pairLoss}. */
export interface PairLossInput {
  values: Float64Array;
  labels: ArrayLike<number>;
  kind: string;
  margin: number;
  average: boolean;
}

/** The sum or mean of what each value costs. */
export function pairLoss(input: PairLossInput): number {
  const { values, average } = input;
  const sum = terms(input).reduce((total, { value }) => total + value, 0);
  return average ? sum / values.length : sum;
}

/** The gradient of the values; what is hard is taken for constant. */
export function pairLossBackward(input: PairLossInput, dLoss: number): Float64Array {
  const { values, average } = input;
  const share = average ? dLoss / values.length : dLoss;
  return Float64Array.from(terms(input), ({ slope }) => slope * share);
}

function terms({ values, labels, kind, margin }: PairLossInput) {
  const all = [...values].map((v, i) => ({ v, y: labels[i] }));
  const kindOf = (label: number) => all.filter(({ y }) => y === label).map(({ v }) => v);
  const [positives, negatives] = [kindOf(1), kindOf(0)];
  const mean = (list: number[]) => list.reduce((sum, v) => sum + v, 0) / list.length;
  const lower = negatives.length > 1 ? Math.min(...negatives) : mean(positives);
  const upper = positives.length > 1 ? Math.max(...positives) : mean(negatives);
  return all.map(({ v, y }) => {
    const missing = Math.max(margin - v, 0);
    if (kind === "squared") return { value: (v - y) ** 2, slope: 2 * (v - y) };
    if (kind === "contrastive") {
      return {
        value: 0.5 * (y * v ** 2 + (1 - y) * missing ** 2),
        slope: y * v - (1 - y) * missing,
      };
    }
    if (y === 1 && v > lower) return { value: v ** 2, slope: 2 * v };
    if (y === 0 && v < upper) return { value: missing ** 2, slope: -2 * missing };
    return { value: 0, slope: 0 };
  });
}
