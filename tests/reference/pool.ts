/**
 * Pooling of packed sequences in float64, forward and backward.
 *
 * @module
 */

/** Mean of the rows, the first row, or the largest of each column. */
export type PoolMode = "mean" | "cls" | "max";

/** Operands of {@linkcode pool}; no sequence may be empty. */
export interface PoolInput {
  /** [T, C] */
  x: Float64Array;
  /** [S + 1]: sequence s owns the rows from sequenceStarts[s] to sequenceStarts[s + 1]. */
  sequenceStarts: ArrayLike<number>;
  C: number;
  mode: PoolMode;
}

/** y[S, C]: one row for each sequence. */
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
  { x, sequenceStarts, C, mode }: PoolInput,
  visit: (from: number, to: number, share: number) => void,
): void {
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    const [start, end] = [sequenceStarts[s], sequenceStarts[s + 1]];
    for (let c = 0; c < C; c++) {
      const to = s * C + c;
      if (mode === "mean") {
        for (let row = start; row < end; row++) visit(row * C + c, to, 1 / (end - start));
      } else {
        let chosen = start;
        for (let row = start + 1; mode === "max" && row < end; row++) {
          if (x[row * C + c] > x[chosen * C + c]) chosen = row;
        }
        visit(chosen * C + c, to, 1);
      }
    }
  }
}
