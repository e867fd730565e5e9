/**
 * Losses over cut embeddings in float64: value and gradient.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import { sliceColumns, sliceColumnsBackward } from "../slice_columns.ts";

/** A loss of embeddings [S, C] and its gradient. */
export type InnerLoss = (
  embeddings: Float64Array,
  C: number,
) => { loss: number; dEmbeddings: Float64Array };

/** The weighted sum of a loss over embeddings cut to several lengths and normalised. */
export function matryoshkaLoss(
  embeddings: Float64Array,
  { C, dims, weights, inner }: { C: number; dims: number[]; weights: number[]; inner: InnerLoss },
) {
  const dEmbeddings = new Float64Array(embeddings.length);
  let loss = 0;
  dims.forEach((count, i) => {
    const slice = { C, first: 0, count };
    const short = sliceColumns(embeddings, slice);
    const part = inner(l2Normalize(short, count), count);
    loss += weights[i] * part.loss;
    const dShort = l2NormalizeBackward(short, part.dEmbeddings, count);
    sliceColumnsBackward(dShort, slice).forEach((g, at) => dEmbeddings[at] += weights[i] * g);
  });
  return { loss, dEmbeddings };
}
