/**
 * Cross entropy over scaled dot products in float64, forward and backward: the in-batch contrastive
 * loss (van den Oord et al., "Representation Learning with Contrastive Predictive Coding", 2018).
 *
 * @module
 */

import { matmul } from "./matmul.ts";

/** Operands of {@linkcode similarityCrossEntropy}: B anchors, M >= B candidates. */
export interface SimilarityCrossEntropyInput {
  /** [B, C] */
  anchors: Float64Array;
  /** [M, C]; candidate i is the positive of anchor i. */
  candidates: Float64Array;
  C: number;
  /** Factor of the dot products, the inverse of a temperature. */
  scale: number;
  /** The share of the target that all candidates get alike. Default: 0. */
  labelSmoothing?: number;
}

/** Result of {@linkcode similarityCrossEntropy}. */
export interface SimilarityCrossEntropyOutput {
  loss: number;
  /** [B], of the scaled dot products of an anchor with all candidates. */
  logSumExp: Float64Array;
}

/** Gradients of {@linkcode similarityCrossEntropy}, each in the shape of its operand. */
export interface SimilarityCrossEntropyGradients {
  dAnchors: Float64Array;
  dCandidates: Float64Array;
}

/**
 * loss = mean over i of logsumexp_j(s_ij) - s_ii, s_ij = scale a_i . d_j; smoothed by e, the target's score
 * is (1 - e) s_ii + e mean_j(s_ij).
 */
export function similarityCrossEntropy(
  input: SimilarityCrossEntropyInput,
): SimilarityCrossEntropyOutput {
  const { labelSmoothing: e = 0 } = input;
  const { scores, B, M } = scaledScores(input);
  const logSumExp = new Float64Array(B);
  let loss = 0;
  for (let i = 0; i < B; i++) {
    const row = scores.subarray(i * M, (i + 1) * M);
    const maximum = row.reduce((a, b) => Math.max(a, b));
    logSumExp[i] = maximum + Math.log(row.reduce((sum, s) => sum + Math.exp(s - maximum), 0));
    const mean = row.reduce((sum, s) => sum + s / M, 0);
    loss += (logSumExp[i] - (1 - e) * row[i] - e * mean) / B;
  }
  return { loss, logSumExp };
}

/** The scores get (softmax - e / M, and - (1 - e) at the positive) scale / B, times `dLoss`. */
export function similarityCrossEntropyBackward(
  input: SimilarityCrossEntropyInput,
  dLoss: number,
): SimilarityCrossEntropyGradients {
  const { anchors, candidates, C, scale, labelSmoothing: e = 0 } = input;
  const { scores, B, M } = scaledScores(input);
  const { logSumExp } = similarityCrossEntropy(input);
  const dDots = scores.map((score, index) => {
    const [i, j] = [Math.floor(index / M), index % M];
    const target = (i === j ? 1 - e : 0) + e / M;
    return (Math.exp(score - logSumExp[i]) - target) * scale / B * dLoss;
  });
  return {
    dAnchors: matmul({ a: dDots, b: candidates, M: B, N: C, K: M }),
    dCandidates: matmul({ a: dDots, b: anchors, M, N: C, K: B, transposeA: true }),
  };
}

function scaledScores(
  { anchors, candidates, C, scale }: SimilarityCrossEntropyInput,
): { scores: Float64Array; B: number; M: number } {
  const [B, M] = [anchors.length / C, candidates.length / C];
  const dots = matmul({ a: anchors, b: candidates, M: B, N: M, K: C, transposeB: true });
  return { scores: dots.map((value) => value * scale), B, M };
}
