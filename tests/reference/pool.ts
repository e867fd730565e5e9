/**
 * Pooling of packed sequences in float64, forward and backward.
 *
 * @module
 */

/** How to make one number of several; see {@linkcode sharesOf}. */
export type PoolMode =
  | "mean"
  | "cls"
  | "max"
  | "mean_sqrt_len_tokens"
  | "weightedmean"
  | "lasttoken";

/** Operands of {@linkcode pool}. */
export interface PoolInput {
  /** [T, C] */
  x: Float64Array;
  /** [S + 1]: sequence s owns the rows from sequenceStarts[s] to sequenceStarts[s + 1]. */
  sequenceStarts: ArrayLike<number>;
  C: number;
  mode: PoolMode;
  /** [S]: how many of the first rows do not count. Default: none. */
  promptLengths?: ArrayLike<number>;
}

/** y[S, C]: one row for each sequence; zeros where no row counts. */
export function pool(input: PoolInput): Float64Array {
  const { x, sequenceStarts, C } = input;
  const y = new Float64Array((sequenceStarts.length - 1) * C);
  forEachShare(input, (from, to, share) => y[to] += share * x[from]);
  return y;
}

/** dX[T, C]: of equal largest values, the first gets the gradient dY[S, C]. */
export function poolBackward(input: PoolInput, dY: Float64Array): Float64Array {
  const dX = new Float64Array(input.x.length);
  forEachShare(input, (from, to, share) => dX[from] += share * dY[to]);
  return dX;
}

/** Visits each element of `x` that its pooled element is made of, and which share it has. */
function forEachShare(
  input: PoolInput,
  visit: (from: number, to: number, share: number) => void,
): void {
  const { sequenceStarts, C } = input;
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    const start = sequenceStarts[s];
    const length = sequenceStarts[s + 1] - start;
    const first = Math.min(input.promptLengths?.[s] ?? 0, length);
    if (first === length) continue;
    for (let c = 0; c < C; c++) {
      const column = Array.from({ length }, (_, i) => input.x[(start + i) * C + c]);
      sharesOf(input.mode, column, first).forEach((share, i) => {
        if (share !== 0) visit((start + i) * C + c, s * C + c, share);
      });
    }
  }
}

/** The share of each number of a column; those before `first` do not count, but have a position. */
function sharesOf(mode: PoolMode, column: readonly number[], first: number): number[] {
  const counted = column.slice(first);
  const positions = column.map((_, i) => i + 1);
  const one = (chosen: number) => column.map((_, i) => i === chosen ? 1 : 0);
  const all = (share: (i: number) => number) => column.map((_, i) => i < first ? 0 : share(i));
  switch (mode) {
    case "mean":
      return all(() => 1 / counted.length);
    case "mean_sqrt_len_tokens":
      return all(() => 1 / Math.sqrt(counted.length));
    case "weightedmean": {
      const sum = positions.slice(first).reduce((a, b) => a + b);
      return all((i) => positions[i] / sum);
    }
    case "cls":
      return one(first);
    case "lasttoken":
      return one(column.length - 1);
    case "max":
      return one(first + counted.indexOf(Math.max(...counted)));
  }
}
