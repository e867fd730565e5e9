/**
 * Spreading of embeddings in float64: values and gradients of both components.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import { offDiagonalMoments, offDiagonalMomentsBackward } from "../off_diagonal_moments.ts";
import { spreadPenalty, spreadPenaltyBackward } from "../spread_penalty.ts";

/** Columns of B rows. */
export interface SpreadInput {
  /** [S, C] */
  embeddings: Float64Array;
  B: number;
  C: number;
  cosine: boolean;
  /** Whether columns are added, or their mean is taken. */
  sum: boolean;
}

/** One component with weight 1. */
export function spreadLoss(input: SpreadInput, term: "mean" | "second moment") {
  const { embeddings, B, C, cosine, sum } = input;
  const x = cosine ? l2Normalize(embeddings, C) : embeddings;
  const columns = x.length / (B * C);
  const factor = sum ? 1 : 1 / columns;
  const options = { term, threshold: 1 / C };
  const dX = new Float64Array(x.length);
  let loss = 0;
  for (let k = 0; k < columns; k++) {
    const rows = x.subarray(k * B * C, (k + 1) * B * C);
    const moments = offDiagonalMoments(rows, C);
    loss += factor * spreadPenalty(moments, options);
    const dMoments = spreadPenaltyBackward(moments, options, factor);
    dX.set(offDiagonalMomentsBackward(rows, dMoments, C), k * B * C);
  }
  return { loss, dEmbeddings: cosine ? l2NormalizeBackward(embeddings, dX, C) : dX };
}
