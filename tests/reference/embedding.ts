/**
 * Sum of three embedding tables in float64, forward and backward.
 *
 * @module
 */

/** Tables of rows of width C, and for each of T tokens the row of each table. */
export interface EmbeddingInput {
  /** [V, C] */
  word: Float64Array;
  /** [P, C] */
  position: Float64Array;
  /** [Y, C] */
  type: Float64Array;
  /** [T], rows of `word`. */
  ids: ArrayLike<number>;
  /** [T], rows of `position`. */
  positions: ArrayLike<number>;
  /** [T], rows of `type`. */
  typeIds: ArrayLike<number>;
  C: number;
}

/** Gradients of {@linkcode embedding}, each in the shape of its table. */
export interface EmbeddingGradients {
  dWord: Float64Array;
  dPosition: Float64Array;
  dType: Float64Array;
}

/** y[T, C]: row t is word[ids[t]] + position[positions[t]] + type[typeIds[t]]. */
export function embedding(
  { word, position, type, ids, positions, typeIds, C }: EmbeddingInput,
): Float64Array {
  const y = new Float64Array(ids.length * C);
  for (let t = 0; t < ids.length; t++) {
    for (let c = 0; c < C; c++) {
      y[t * C + c] = word[ids[t] * C + c] + position[positions[t] * C + c] +
        type[typeIds[t] * C + c];
    }
  }
  return y;
}

/** Each row of dY[T, C] is added to the three rows that it was the sum of. */
export function embeddingBackward(
  { word, position, type, ids, positions, typeIds, C }: EmbeddingInput,
  dY: Float64Array,
): EmbeddingGradients {
  const dWord = new Float64Array(word.length);
  const dPosition = new Float64Array(position.length);
  const dType = new Float64Array(type.length);
  for (let t = 0; t < ids.length; t++) {
    for (let c = 0; c < C; c++) {
      const value = dY[t * C + c];
      dWord[ids[t] * C + c] += value;
      dPosition[positions[t] * C + c] += value;
      dType[typeIds[t] * C + c] += value;
    }
  }
  return { dWord, dPosition, dType };
}
