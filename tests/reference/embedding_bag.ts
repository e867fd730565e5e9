/**
 * Means of rows of a table in float64, forward and backward.
 *
 * @module
 */

/** Operands of {@linkcode embeddingBag}. */
export interface EmbeddingBagInput {
  /** [V, C] */
  table: Float64Array;
  /** [T] */
  ids: ArrayLike<number>;
  /** [S + 1]: sequence s owns the tokens from sequenceStarts[s] to sequenceStarts[s + 1]. */
  sequenceStarts: ArrayLike<number>;
  C: number;
}

/** y[S, C]: zeros for an empty sequence. */
export function embeddingBag(input: EmbeddingBagInput): Float64Array {
  const y = new Float64Array((input.sequenceStarts.length - 1) * input.C);
  forEachShare(input, (from, to, share) => y[to] += share * input.table[from]);
  return y;
}

/** dTable[V, C]. */
export function embeddingBagBackward(input: EmbeddingBagInput, dY: Float64Array): Float64Array {
  const dTable = new Float64Array(input.table.length);
  forEachShare(input, (from, to, share) => dTable[from] += share * dY[to]);
  return dTable;
}

function forEachShare(
  { ids, sequenceStarts, C }: EmbeddingBagInput,
  visit: (from: number, to: number, share: number) => void,
): void {
  for (let s = 0; s + 1 < sequenceStarts.length; s++) {
    const [start, end] = [sequenceStarts[s], sequenceStarts[s + 1]];
    for (let t = start; t < end; t++) {
      for (let c = 0; c < C; c++) visit(ids[t] * C + c, s * C + c, 1 / (end - start));
    }
  }
}
