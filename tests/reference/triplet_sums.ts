/**
 * Losses over triplets that are found within a batch, in float64, forward and backward.
 *
 * @module
 */

/** Operands of {@linkcode tripletSums}. */
export interface TripletSumsInput {
  /** All distances, [B, B]. */
  all: Float64Array;
  labels: ArrayLike<number>;
  /** `"all"` or `"semi_hard"`. */
  triplets: string;
  margin: number;
}

/** The sum of relu(d_rp - d_rn + margin) over the triplets that count, over their divisor. */
export function tripletSums(input: TripletSumsInput): number {
  const { terms, divisor } = termsOf(input);
  return divisor === 0 ? 0 : terms.reduce((sum, { value }) => sum + value, 0) / divisor;
}

/** The gradient of all distances, [B, B]. */
export function tripletSumsBackward(input: TripletSumsInput, dLoss: number): Float64Array {
  const B = input.labels.length;
  const { terms, divisor } = termsOf(input);
  const dAll = new Float64Array(B * B);
  for (const { r, p, n } of terms) {
    dAll[r * B + p] += dLoss / divisor;
    if (n >= 0) dAll[r * B + n] -= dLoss / divisor;
  }
  return dAll;
}

function termsOf({ all, labels, triplets, margin }: TripletSumsInput) {
  const B = labels.length;
  const terms: { r: number; p: number; n: number; value: number }[] = [];
  let pairs = 0;
  for (let r = 0; r < B; r++) {
    const d = (j: number) => j < 0 ? 0 : all[r * B + j];
    const columns = Array.from({ length: B }, (_, j) => j);
    const negatives = columns.filter((j) => labels[j] !== labels[r]);
    for (const p of columns.filter((j) => j !== r && labels[j] === labels[r])) {
      pairs++;
      const chosen = triplets === "all" ? negatives : [semiHard(d, p, negatives)];
      for (const n of chosen) {
        const value = d(p) - d(n) + margin;
        if (value > 0) terms.push({ r, p, n, value });
      }
    }
  }
  return { terms, divisor: triplets === "all" ? terms.length : pairs };
}

/** The nearest negative farther than p, else the farthest, else -1. */
function semiHard(d: (j: number) => number, p: number, negatives: readonly number[]): number {
  const byDistance = negatives.toSorted((a, b) => d(a) - d(b));
  return byDistance.find((n) => d(n) > d(p)) ?? byDistance.at(-1) ?? -1;
}
