/**
 * Cross entropy over scaled dot products in float64, forward and backward: the in-batch contrastive
 * loss (van den Oord et al., "Representation Learning with Contrastive Predictive Coding", 2018), over one
 * block of scores or several.
 *
 * @module
 */

import { matmul } from "./matmul.ts";

/** A block beside that of anchors against candidates; positives are the first B candidates. */
export interface ScoreBlock {
  rows: "anchors" | "positives";
  against: "anchors" | "positives" | "candidates";
  /** Whether column j does not count in row j mod B. */
  excludesOwn?: boolean;
}

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
  blocks?: readonly ScoreBlock[];
  partition?: "joint" | "per_block";
  /** Constants times the dot product are added to scores of own and others' negatives. */
  hardness?: { own: number; others: number };
  /** Other embeddings, [B, G] and [M, G]: what they find nearer than the positive does not count. */
  guide?: {
    anchors: Float64Array;
    candidates: Float64Array;
    G: number;
    margin: number;
    relative: boolean;
  };
  /** What `hardness` multiplies in the first block, [B, M]; the dot products unless central differences
   * hold it still. */
  frozenDots?: Float64Array;
}

/** Result of {@linkcode similarityCrossEntropy}. */
export interface SimilarityCrossEntropyOutput {
  loss: number;
  /** [B], of all scores that count for an anchor; of the first block where each has its own. */
  logSumExp: Float64Array;
}

/** Gradients of {@linkcode similarityCrossEntropy}, each in the shape of its operand. */
export interface SimilarityCrossEntropyGradients {
  dAnchors: Float64Array;
  dCandidates: Float64Array;
}

/** One block in full. */
interface Scores {
  block: ScoreBlock;
  columns: number;
  /** [B, columns]; minus infinity where a score does not count. */
  scores: Float64Array;
}

const FIRST: ScoreBlock = { rows: "anchors", against: "candidates" };

/**
 * loss = mean over i of logsumexp_j(s_ij) - s_ii, s_ij = scale a_i . d_j; smoothed by e, the target's score
 * is (1 - e) s_ii + e mean_j(s_ij). With blocks, the sum goes over all of them or the logarithms are
 * averaged.
 */
export function similarityCrossEntropy(
  input: SimilarityCrossEntropyInput,
): SimilarityCrossEntropyOutput {
  const { labelSmoothing: e = 0 } = input;
  const B = input.anchors.length / input.C;
  const all = allScores(input);
  const lses = logSumExps(input, all);
  let loss = 0;
  for (let i = 0; i < B; i++) {
    const row = rowOf(all[0], i);
    const mean = e === 0 ? 0 : row.reduce((sum, s) => sum + s / row.length, 0);
    const normalizer = lses.reduce((sum, lse) => sum + lse[i] / lses.length, 0);
    loss += (normalizer - (1 - e) * row[i] - e * mean) / B;
  }
  return { loss, logSumExp: lses[0] };
}

/** The scores get (softmax - e / M, and - (1 - e) at the positive) scale / B, times `dLoss`. */
export function similarityCrossEntropyBackward(
  input: SimilarityCrossEntropyInput,
  dLoss: number,
): SimilarityCrossEntropyGradients {
  const { anchors, candidates, C, scale, labelSmoothing: e = 0 } = input;
  const B = anchors.length / C;
  const all = allScores(input);
  const lses = logSumExps(input, all);
  const gradients = {
    dAnchors: new Float64Array(anchors.length),
    dCandidates: new Float64Array(candidates.length),
  };
  all.forEach(({ block, columns, scores }, index) => {
    const lse = lses.length === 1 ? lses[0] : lses[index];
    const dDots = scores.map((score, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      const target = index === 0 ? (i === j ? 1 - e : 0) + e / columns : 0;
      return (Math.exp(score - lse[i]) / lses.length - target) * scale / B * dLoss;
    });
    const [rows, against] = operands(block, anchors, candidates);
    const shape = { K: columns, M: B, N: C };
    const dRows = matmul({ a: dDots, b: against, ...shape });
    const dAgainst = matmul({ a: dDots, b: rows, M: columns, N: C, K: B, transposeA: true });
    addTo(block.rows === "anchors" ? gradients.dAnchors : gradients.dCandidates, dRows);
    addTo(block.against === "anchors" ? gradients.dAnchors : gradients.dCandidates, dAgainst);
  });
  return gradients;
}

/** All dot products of the first block, for `frozenDots`. */
export function dotsOf({ anchors, candidates, C }: SimilarityCrossEntropyInput): Float64Array {
  const [M, N] = [anchors.length / C, candidates.length / C];
  return matmul({ a: anchors, b: candidates, M, N, K: C, transposeB: true });
}

function allScores(input: SimilarityCrossEntropyInput): Scores[] {
  const { anchors, candidates, C, scale, hardness, guide, frozenDots } = input;
  const B = anchors.length / C;
  const similarities = (block: ScoreBlock, a: Float64Array, d: Float64Array, K: number) => {
    const [rows, against] = operands(block, a, d);
    return matmul({ a: rows, b: against, M: B, N: against.length / K, K, transposeB: true });
  };
  const M = candidates.length / C;
  const own = guide && similarities(FIRST, guide.anchors, guide.candidates, guide.G);
  const limits = guide && Float64Array.from({ length: B }, (_, i) => {
    const positive = own![i * M + i];
    return positive - guide.margin * (guide.relative ? Math.abs(positive) : 1);
  });
  return [FIRST, ...(input.blocks ?? [])].map((block, index) => {
    const dots = similarities(block, anchors, candidates, C);
    const columns = dots.length / B;
    const advice = guide === undefined
      ? null
      : similarities(block, guide.anchors, guide.candidates, guide.G);
    const scores = dots.map((dot, at) => {
      const [i, j] = [Math.floor(at / columns), at % columns];
      const [isOwn, isPositive] = [j % B === i, index === 0 && i === j];
      if (block.excludesOwn && isOwn) return -Infinity;
      if (advice !== null && !isPositive && advice[at] > limits![i]) return -Infinity;
      if (index > 0 || isPositive || hardness === undefined) return scale * dot;
      return scale * dot + (isOwn ? hardness.own : hardness.others) * (frozenDots ?? dots)[at];
    });
    return { block, columns, scores };
  });
}

function operands(block: ScoreBlock, a: Float64Array, d: Float64Array) {
  const positives = d.subarray(0, a.length);
  const take = (name: ScoreBlock["against"]) => ({ anchors: a, positives, candidates: d })[name];
  return [take(block.rows), take(block.against)] as const;
}

/** One [B] of log-sum-exps over all blocks, or one for each. */
function logSumExps({ partition = "joint" }: SimilarityCrossEntropyInput, all: Scores[]) {
  const B = all[0].scores.length / all[0].columns;
  const groups = partition === "joint" ? [all] : all.map((one) => [one]);
  return groups.map((group) =>
    Float64Array.from({ length: B }, (_, i) => {
      const row = group.flatMap((scores) => [...rowOf(scores, i)]);
      const maximum = row.reduce((a, b) => Math.max(a, b));
      return maximum + Math.log(row.reduce((sum, s) => sum + Math.exp(s - maximum), 0));
    })
  );
}

function rowOf({ scores, columns }: Scores, i: number): Float64Array {
  return scores.subarray(i * columns, (i + 1) * columns);
}

function addTo(sum: Float64Array, part: Float64Array): void {
  part.forEach((value, index) => sum[index] += value);
}
