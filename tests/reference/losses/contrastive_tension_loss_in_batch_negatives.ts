/**
 * Contrastive tension within a batch in float64: value and gradients.
 *
 * @module
 */
import { expScale, expScaleBackward } from "../exp_scale.ts";
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import {
  similarityCrossEntropy,
  similarityCrossEntropyBackward,
} from "../similarity_cross_entropy.ts";

/** Texts, embedded by a model and its copy. */
export interface BatchTensionInput {
  /** [B, C] */
  embeddings: Float64Array;
  /** [B, C] */
  twin: Float64Array;
  logScale: number;
  C: number;
  cosine: boolean;
  labelSmoothing?: number;
}

/** The mean of both cross entropies over scaled similarities. */
export function batchTensionLoss(input: BatchTensionInput) {
  const { embeddings, twin, logScale, C, cosine, labelSmoothing } = input;
  const compared = (x: Float64Array) => cosine ? l2Normalize(x, C) : x;
  const back = (x: Float64Array, dY: Float64Array) => cosine ? l2NormalizeBackward(x, dY, C) : dY;
  const [a, b] = [compared(twin), compared(embeddings)];
  const scaled = expScale(a, logScale);
  const shared = { C, scale: 1, labelSmoothing };
  const there = { anchors: scaled, candidates: b, ...shared };
  const thence = { anchors: b, candidates: scaled, ...shared };
  const first = similarityCrossEntropyBackward(there, 0.5);
  const second = similarityCrossEntropyBackward(thence, 0.5);
  const dScaled = first.dAnchors.map((value, i) => value + second.dCandidates[i]);
  const dB = first.dCandidates.map((value, i) => value + second.dAnchors[i]);
  const { dX, dLogScale } = expScaleBackward(a, logScale, dScaled);
  return {
    loss: (similarityCrossEntropy(there).loss + similarityCrossEntropy(thence).loss) / 2,
    dEmbeddings: back(embeddings, dB),
    dTwin: back(twin, dX),
    dLogScale,
  };
}
