/**
 * A smooth count of the pairs of scores that stand in the wrong order.
 *
 * @module
 */
import source from "../../shaders/ranking_log_sum_exp.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, type Tensor } from "../gpu/tensor.ts";
import type { Tape } from "./tape.ts";

/** Arguments of {@linkcode rankingLogSumExp}. */
export interface RankingLogSumExpInputs {
  /** [N A] */
  scores: Tensor;
  /** [A]: the order that is wanted; null stands for A ones. */
  labels: Tensor | null;
  /** A. Default: as many as there are scores. */
  labelCount?: number;
  /** Factor of the scores. */
  scale: number;
}

const kernel = (entryPoint: string) =>
  new Kernel({ name: "ranking_log_sum_exp", source, entryPoint });
const ROW_SUMS = kernel("row_sums");
const TOTAL = kernel("total");
const BACKWARD = kernel("backward");

/**
 * loss = log(1 + sum over all i, j with label_i < label_j of exp(scale (s_i - s_j))).
 *
 * With N above 1, scores from A on have one minus the label of the score A N' before them: positives
 * are followed by their negatives. Saves the scores, the labels and the loss; pairs are run over anew
 * for backward, so that memory grows with the number of scores. Maxima are taken out of every sum of
 * exponentials. All labels equal give 0 without gradient. Source: Huang et al., "CoSENT: Consistent
 * Sentence Embedding via Similarity Ranking", 2024.
 *
 * @param tape Runs and records the op.
 * @param inputs Scores, labels and scale.
 * @returns The loss, a scalar.
 * @throws {TypeError} If there is not one label a score, or one for every N of them.
 */
export function rankingLogSumExp(tape: Tape, inputs: RankingLogSumExpInputs): Tensor {
  const { scores, labels, scale, labelCount = scores.size } = inputs;
  const { gpu } = tape;
  const { size } = scores;
  if (labels !== null) checkShape("rankingLogSumExp", "labels", labels, [labelCount]);
  if (size % labelCount !== 0) {
    throw new TypeError(
      `Cannot run rankingLogSumExp: found ${labelCount} labels for ${size} scores, wanted one each or one for several`,
    );
  }
  const order = labels ?? gpu.nothing;
  const params = {
    scores: size,
    labels: labelCount,
    labelled: labels === null ? 0 : 1,
    accumulate: 0,
    scale,
  };
  const workgroups = foldWorkgroups(Math.ceil(size / 64));
  const loss = tape.empty([], "loss");
  tape.temporary([size], "sums over higher labels", (rows) => {
    gpu.recorder.dispatch(ROW_SUMS, {
      tensors: { scores, labels: order, row_values: rows },
      params,
      workgroups,
    });
    gpu.recorder.dispatch(TOTAL, { tensors: { rows, loss }, params, workgroups: [1] });
  });
  const saved = labels === null ? [scores, loss] : [scores, labels, loss];
  tape.record(loss, [scores], saved, (dLoss) => {
    const slot = tape.slot(scores);
    if (slot === null) return;
    gpu.recorder.dispatch(BACKWARD, {
      tensors: {
        scores,
        labels: order,
        total_value: loss,
        d_loss: dLoss,
        d_scores: slot.gradient,
      },
      params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
      workgroups,
    });
  });
  return loss;
}
