/**
 * The guided in-batch ranking loss in float64, pair by pair.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import { dotOf, type Pair, pairSoftmax } from "./pair_softmax.ts";

/** Embeddings of both models, and the options by their upstream names. */
export interface GistEmbedInput {
  /** [columns B, C]: anchors, positives, negatives. */
  embeddings: Float64Array;
  /** [columns B, G] */
  guide: Float64Array;
  B: number;
  C: number;
  G: number;
  temperature?: number;
  margin_strategy?: "absolute" | "relative";
  margin?: number;
  contrast_anchors?: boolean;
  contrast_positives?: boolean;
}

/** The loss, its gradient with respect to the embeddings, and how many pairs the guide left out. */
export function gistEmbedLoss(
  input: GistEmbedInput,
): { loss: number; gradient: Float64Array; excluded: number } {
  const { embeddings, B, C, G, temperature = 0.01, margin = 0, margin_strategy } = input;
  const { contrast_anchors = true, contrast_positives = true } = input;
  const values = l2Normalize(embeddings, C);
  const guide = l2Normalize(input.guide, G);
  const indices = (count: number, first: number) =>
    Array.from({ length: count }, (_, i) => first + i);
  let excluded = 0;
  const rows = indices(B, 0).map((i) => {
    const positive: Pair = { x: i, y: B + i };
    const score = dotOf(guide, G, positive);
    const limit = score - margin * (margin_strategy === "relative" ? Math.abs(score) : 1);
    const others = [
      ...indices(embeddings.length / C - B, B).map((y) => ({ x: i, y })).filter(({ y }) =>
        y !== B + i
      ),
      ...(contrast_anchors ? indices(B, 0).map((y) => ({ x: i, y })) : []),
      ...(contrast_positives ? indices(B, B).map((y) => ({ x: B + i, y })) : []),
    ];
    const counted = others.filter((pair) => !(dotOf(guide, G, pair) > limit));
    excluded += others.length - counted.length;
    return { positive, softmaxes: [[positive, ...counted]] };
  });
  const { loss, gradient } = pairSoftmax({ values, C, scale: 1 / temperature, rows });
  return { loss, gradient: l2NormalizeBackward(embeddings, gradient, C), excluded };
}
