/**
 * Which scores of a tile count in a softmax, and what is added to them.
 *
 * @module
 */
import source from "../../shaders/score_rules.wgsl" with { type: "text" };
import type { Gpu } from "../gpu/device.ts";
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { computeScores, type ScoreFactors, type ScoreTile, scoreTiles } from "./score_tiles.ts";
import type { Tape } from "./tape.ts";

/** The rules of a block of scores, whose row i belongs to query i and column j to query j mod B. */
export interface ScoreRules {
  /** Number of queries, B. */
  readonly queries: number;
  /** Whether column i is the positive of row i, which no rule but `excludesOwn` touches. */
  readonly positive: boolean;
  /** Whether columns of the row's own query do not count. */
  readonly excludesOwn: boolean;
  /** What of a score is added to it for the row's own negatives, and for other queries' columns. */
  readonly harder: readonly [own: number, others: number];
  /** Columns do not count whose score by the guide is above the row's limit, [B]; null without. */
  readonly guide: { readonly factors: ScoreFactors; readonly limits: Tensor } | null;
}

/** What turns a guide's score of a positive into the limit for all other scores. */
export interface GuideMargin {
  /** How far below the positive's score the limit lies. */
  readonly margin: number;
  /** Whether the margin is a fraction of the score's size. */
  readonly relative: boolean;
}

const kernel = (entryPoint: string) => new Kernel({ name: "score_rules", source, entryPoint });
const APPLY = kernel("apply");
const LIMIT = kernel("limit");

const NO_RULES = {
  positive: 0,
  excludes_own: 0,
  guided: 0,
  relative: 0,
  margin: 0,
  harder_own: 0,
  harder_others: 0,
};

/** Whether rules change anything. */
export function hasEffect({ excludesOwn, harder: [own, others], guide }: ScoreRules): boolean {
  return excludesOwn || own !== 0 || others !== 0 || guide !== null;
}

/**
 * Records the rules on a tile of scores; what does not count becomes the lowest f32.
 *
 * Source of the added term: Lan et al., "LLaVE: Large Language and Vision Embedding Models with
 * Hardness-Weighted Contrastive Learning", 2025, equation 5. Source of the limits: Solatorio,
 * "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning", 2024.
 *
 * @param gpu The device.
 * @param rules The rules of the block.
 * @param on The tile, its scores, and memory for as many of the guide's where there is one.
 */
export function applyScoreRules(
  gpu: Gpu,
  { queries, positive, excludesOwn, harder, guide }: ScoreRules,
  { tile, scores, guideScores }: { tile: ScoreTile; scores: Tensor; guideScores: Tensor | null },
): void {
  if (guide !== null) {
    computeScores(gpu, guide.factors, { tile, scores: guideScores!, scale: 1 });
  }
  gpu.recorder.dispatch(APPLY, {
    tensors: {
      scores,
      guide: guideScores ?? gpu.nothing,
      limits: guide === null ? gpu.nothing : guide.limits,
    },
    params: {
      ...NO_RULES,
      ...tile,
      queries,
      positive: positive ? 1 : 0,
      excludes_own: excludesOwn ? 1 : 0,
      guided: guide === null ? 0 : 1,
      harder_own: harder[0],
      harder_others: harder[1],
    },
    workgroups: foldWorkgroups(Math.ceil(tile.rows * tile.columns / 64)),
  });
}

/**
 * The limits of all rows, from the guide's scores of anchors and their positives.
 *
 * @param tape Runs the op; nothing of it has a gradient.
 * @param factors The guide's anchors and candidates.
 * @param margin What the limits are below those scores, and the tiles' edges.
 * @returns The limits, [B].
 */
export function scoreLimits(
  tape: Tape,
  factors: ScoreFactors,
  { margin, relative, tile: edges }: GuideMargin & { tile?: readonly [number, number] },
): Tensor {
  const { gpu } = tape;
  const { rowCount, candidateCount } = factors;
  const limits = tape.empty([rowCount], "limits");
  const tiles = scoreTiles([rowCount, candidateCount], edges);
  const largest = Math.max(...tiles.map(({ rows, columns }) => rows * columns));
  tape.temporary([largest], "guide scores", (guide) => {
    for (const tile of tiles) {
      if (tile.row + tile.rows <= tile.column || tile.column + tile.columns <= tile.row) continue;
      computeScores(gpu, factors, { tile, scores: guide, scale: 1 });
      gpu.recorder.dispatch(LIMIT, {
        tensors: { guide, new_limits: limits },
        params: { ...NO_RULES, ...tile, queries: rowCount, relative: relative ? 1 : 0, margin },
        workgroups: foldWorkgroups(Math.ceil(tile.rows / 64)),
      });
    }
  });
  return limits;
}
