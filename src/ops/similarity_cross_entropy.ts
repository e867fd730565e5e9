/**
 * The in-batch ranking losses as one op that never holds the matrix of all scores.
 *
 * @module
 */
import source from "../../shaders/similarity_cross_entropy.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import {
  applyScoreRules,
  type GuideMargin,
  hasEffect,
  scoreLimits,
  type ScoreRules,
} from "./score_rules.ts";
import {
  addScoreGradients,
  computeScores,
  type ScoreFactors,
  type ScoreTile,
  scoreTiles,
  TILE,
} from "./score_tiles.ts";
import type { Tape } from "./tape.ts";

/** What a further block compares; `"positives"` are the first B candidates. */
export interface ScoreBlock {
  /** The rows, one a query. */
  readonly rows: "anchors" | "positives";
  /** What they are compared with. */
  readonly against: "anchors" | "positives" | "candidates";
  /** Whether what belongs to the row's own query is left out. Default: false. */
  readonly excludesOwn?: boolean;
}

/** The same texts by another model, which says what is too similar to be a negative. */
export interface ScoreGuide extends GuideMargin {
  /** [B, G], of unit length for cosines. */
  readonly anchors: Tensor;
  /** [M, G] */
  readonly candidates: Tensor;
}

/** Arguments of {@linkcode similarityCrossEntropy}. */
export interface SimilarityCrossEntropyInputs {
  /** [B, C] */
  anchors: Tensor;
  /** [M, C] with M >= B; candidate i is the positive of anchor i, candidate j belongs to i = j mod B. */
  candidates: Tensor;
  /** Factor of the dot products, the inverse of a temperature. */
  scale: number;
  /** The share of the target that all candidates get alike, in [0, 1], without blocks. Default: 0. */
  labelSmoothing?: number;
  /** Blocks of scores beside that of anchors against candidates. Default: none. */
  blocks?: readonly ScoreBlock[];
  /** One softmax over all blocks, or the mean of one for each. Default: `"joint"`. */
  partition?: "joint" | "per_block";
  /**
   * Factors of the similarity, without gradient, that is added to the scaled scores of the anchor's own
   * negatives, and of other anchors' candidates. Default: none.
   */
  hardness?: { readonly own: number; readonly others: number };
  /** What a score by a guide must not exceed for the candidate to count. Default: none. */
  guide?: ScoreGuide;
  /** The most rows and candidates of one tile of scores. Default: 1024 and 2048. */
  tile?: readonly [number, number];
}

const kernel = (entryPoint: string) =>
  new Kernel({ name: "similarity_cross_entropy", source, entryPoint });
const UPDATE = kernel("update");
const AVERAGE = kernel("average");
const TO_GRADIENT = kernel("to_gradient");

/** A block as it is computed. */
interface Block {
  readonly factors: ScoreFactors;
  readonly rules: ScoreRules;
}

/** Memory for a tile of scores, and of a guide's. */
interface TileMemory {
  readonly scores: Tensor;
  readonly guideScores: Tensor | null;
}

/**
 * loss = mean over i of log sum over j of exp(s_ij) - s_ii, where s_ij = scale a_i . d_j.
 *
 * With labels smoothed by e, (1 - e) s_ii + e mean over j of s_ij takes the place of s_ii, as in
 * `torch.nn.CrossEntropyLoss`. Further blocks compare a row's query with more: their scores join the same
 * sum, or each block has one and the logarithms are averaged (Li et al., "Towards General Text Embeddings
 * with Multi-stage Contrastive Learning", 2023). Rules leave scores out or add to them: `score_rules.ts`.
 *
 * Scores are computed tile by tile, in the forward pass and again in the backward pass, so that memory
 * grows with B + M. Saves the operands, one log-sum-exp a row and softmax, and the guide's limits. A row's
 * maximum is subtracted before every exponential. Source: van den Oord et al., "Representation Learning
 * with Contrastive Predictive Coding", 2018.
 *
 * @param tape Runs and records the op.
 * @param inputs The operands.
 * @returns The loss, a scalar.
 * @throws {TypeError} If shapes disagree.
 * @throws {RangeError} If the smoothing is outside [0, 1], or there is one with further blocks.
 */
export function similarityCrossEntropy(tape: Tape, inputs: SimilarityCrossEntropyInputs): Tensor {
  const { anchors, candidates, guide } = inputs;
  const shared = checkInputs(inputs);
  const limits = guide === undefined ? null : limitsOf(tape, guide, inputs.tile);
  const softmaxes = softmaxesOf(inputs, limits);
  const loss = tape.empty([], "loss");
  const lses = softmaxes.map(() => tape.empty([anchors.rows], "log-sum-exp"));
  const params = { ...shared, weight: 1 / softmaxes.length };
  softmaxes.forEach((blocks, index) =>
    runSoftmax(tape, inputs, { blocks, params, lse: lses[index], loss, isFirst: index === 0 })
  );
  const advice = guide === undefined ? [] : [guide.anchors, guide.candidates, limits!];
  tape.record(
    loss,
    [anchors, candidates],
    [anchors, candidates, ...advice, ...lses],
    (dLoss) => runBackward(tape, inputs, { softmaxes, params, lses, dLoss }),
  );
  return loss;
}

/** Returns the uniforms that are the same for every tile. */
function checkInputs(inputs: SimilarityCrossEntropyInputs): Record<string, number> {
  const { anchors, candidates, scale, labelSmoothing: smoothing = 0, blocks = [], guide } = inputs;
  const [B, C] = anchors.shape;
  const M = candidates.rows;
  const op = "similarityCrossEntropy";
  if (M < B) {
    throw new TypeError(
      `Cannot run ${op}: found ${M} candidates for ${B} anchors, wanted at least one each`,
    );
  }
  checkShape(op, "candidates", candidates, [M, C]);
  if (guide !== undefined) {
    checkShape(op, "guide.anchors", guide.anchors, [B, guide.anchors.columns]);
    checkShape(op, "guide.candidates", guide.candidates, [M, guide.anchors.columns]);
  }
  if (!(smoothing >= 0 && smoothing <= 1)) {
    throw new RangeError(`Cannot run ${op}: labelSmoothing is ${smoothing}, wanted [0, 1]`);
  }
  if (smoothing > 0 && (blocks.length > 0 || guide !== undefined)) {
    throw new RangeError(
      `Cannot run ${op}: labelSmoothing is ${smoothing}, wanted 0 with further blocks or a guide`,
    );
  }
  return { anchors: B, candidates: M, scale, smoothing };
}

function limitsOf(tape: Tape, guide: ScoreGuide, tile?: readonly [number, number]): Tensor {
  return scoreLimits(tape, {
    rows: guide.anchors,
    rowCount: guide.anchors.rows,
    candidates: guide.candidates,
    candidateCount: guide.candidates.rows,
  }, { ...guide, tile });
}

/** The blocks of every softmax; the first block of all holds the positives. */
function softmaxesOf(
  { anchors, candidates, scale, guide, hardness, ...inputs }: SimilarityCrossEntropyInputs,
  limits: Tensor | null,
): Block[][] {
  const B = anchors.rows;
  const factors = ({ rows, against }: ScoreBlock, a: Tensor, d: Tensor): ScoreFactors => ({
    rows: rows === "anchors" ? a : d,
    rowCount: B,
    candidates: against === "anchors" ? a : d,
    candidateCount: against === "candidates" ? d.rows : B,
  });
  const block = (shape: ScoreBlock, positive: boolean): Block => ({
    factors: factors(shape, anchors, candidates),
    rules: {
      queries: B,
      positive,
      excludesOwn: shape.excludesOwn ?? false,
      harder: positive && hardness !== undefined
        ? [hardness.own / scale, hardness.others / scale]
        : [0, 0],
      guide: limits === null
        ? null
        : { factors: factors(shape, guide!.anchors, guide!.candidates), limits },
    },
  });
  const all = [
    block({ rows: "anchors", against: "candidates" }, true),
    ...(inputs.blocks ?? []).map((shape) => block(shape, false)),
  ];
  return inputs.partition === "per_block" ? all.map((one) => [one]) : [all];
}

const BEGINNING = { row: 0, column: 0, rows: 0, columns: 0 };

/** One softmax: its log-sum-exp of every row, and its part of the loss. */
function runSoftmax(
  tape: Tape,
  inputs: SimilarityCrossEntropyInputs,
  { blocks, params, lse, loss, isFirst }: {
    blocks: readonly Block[];
    params: Record<string, number>;
    lse: Tensor;
    loss: Tensor;
    isFirst: boolean;
  },
): void {
  const { recorder } = tape.gpu;
  const flags = { positive: isFirst ? 1 : 0, accumulate: isFirst ? 0 : 1 };
  tape.temporary([inputs.anchors.rows, 4], "softmax state", (state) => {
    withTile(tape, inputs, (memory) => {
      for (const block of blocks) {
        const positive = block.rules.positive ? 1 : 0;
        for (const tile of tilesOf(inputs, block)) {
          computeTile(tape, inputs, { block, tile, memory });
          const begins = block === blocks[0] && tile.column === 0 ? 1 : 0;
          recorder.dispatch(UPDATE, {
            tensors: { scores: memory.scores, state },
            params: { ...params, ...flags, ...tile, positive, begins },
            workgroups: foldWorkgroups(tile.rows),
          });
        }
      }
    });
    recorder.dispatch(AVERAGE, {
      tensors: { final_state: state, log_sum_exp: lse, loss },
      params: { ...params, ...flags, ...BEGINNING, begins: 0 },
      workgroups: [1],
    });
  });
}

/** Computes the scores again, turns them into gradients and adds those to the operands'. */
function runBackward(
  tape: Tape,
  inputs: SimilarityCrossEntropyInputs,
  { softmaxes, params, lses, dLoss }: {
    softmaxes: readonly (readonly Block[])[];
    params: Record<string, number>;
    lses: readonly Tensor[];
    dLoss: Tensor;
  },
): void {
  withTile(tape, inputs, (memory) => {
    softmaxes.forEach((blocks, index) => {
      for (const block of blocks) {
        // The first block reaches every row of both operands; all others find something to add to.
        const { factors, rules: { positive } } = block;
        const [dRows, dCandidates] = [tape.slot(factors.rows), tape.slot(factors.candidates)];
        for (const tile of tilesOf(inputs, block)) {
          computeTile(tape, inputs, { block, tile, memory });
          tape.gpu.recorder.dispatch(TO_GRADIENT, {
            tensors: { tile: memory.scores, lse: lses[index], d_loss: dLoss },
            params: { ...params, ...tile, positive: positive ? 1 : 0, begins: 0, accumulate: 0 },
            workgroups: foldWorkgroups(Math.ceil(tile.rows * tile.columns / 64)),
          });
          const gradients = memory.scores;
          addScoreGradients(tape.gpu, factors, { tile, gradients, dRows, dCandidates });
        }
      }
    });
  });
}

function tilesOf({ tile }: SimilarityCrossEntropyInputs, { factors }: Block): ScoreTile[] {
  return scoreTiles([factors.rowCount, factors.candidateCount], tile);
}

/** Runs `use` with memory for one tile of any block. */
function withTile(
  tape: Tape,
  { anchors, candidates, guide, tile = TILE }: SimilarityCrossEntropyInputs,
  use: (memory: TileMemory) => void,
): void {
  const size = [Math.min(anchors.rows, tile[0]), Math.min(candidates.rows, tile[1])];
  tape.temporary(size, "scores", (scores) => {
    if (guide === undefined) return use({ scores, guideScores: null });
    tape.temporary(size, "guide scores", (guideScores) => use({ scores, guideScores }));
  });
}

/** The scores of one tile, after the rules. */
function computeTile(
  { gpu }: Tape,
  { scale }: SimilarityCrossEntropyInputs,
  { block: { factors, rules }, tile, memory }: {
    block: Block;
    tile: ScoreTile;
    memory: TileMemory;
  },
): void {
  computeScores(gpu, factors, { tile, scores: memory.scores, scale });
  if (hasEffect(rules)) applyScoreRules(gpu, rules, { tile, ...memory });
}
