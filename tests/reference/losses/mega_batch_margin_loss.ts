/**
 * Margins for the cosines of pairs and of hardest negatives in float64.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import { megaBatchMargin } from "../mega_batch_margin.ts";

/** Embeddings [2 B, C], anchors before positives, and the options by their upstream names. */
export interface MegaBatchMarginLossInput {
  embeddings: Float64Array;
  C: number;
  positive_margin?: number;
  negative_margin?: number;
}

/** The loss, and its gradient with respect to the embeddings. */
export function megaBatchMarginLoss(
  { embeddings, C, positive_margin = 0.8, negative_margin = 0.3 }: MegaBatchMarginLossInput,
): { loss: number; gradient: Float64Array } {
  const values = l2Normalize(embeddings, C);
  const half = values.length / 2;
  const { loss, dAnchors, dPositives } = megaBatchMargin({
    anchors: values.slice(0, half),
    positives: values.slice(half),
    C,
    positiveMargin: positive_margin,
    negativeMargin: negative_margin,
  });
  const gradient = Float64Array.of(...dAnchors, ...dPositives);
  return { loss, gradient: l2NormalizeBackward(embeddings, gradient, C) };
}
