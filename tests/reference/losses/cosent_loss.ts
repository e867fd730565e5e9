/**
 * CoSENTLoss in float64.
 *
 * @module
 */
import { rankingLogSumExp, rankingLogSumExpBackward } from "../ranking_log_sum_exp.ts";
import { compared, type ReferenceBatch, type ReferenceLoss } from "./compared.ts";

/** log(1 + sum over pairs of different labels of exp(scale (s_i - s_j))), s by its upstream name. */
export function cosentLoss(
  batch: ReferenceBatch,
  { scale, similarity_fct }: { scale: number; similarity_fct: string },
): ReferenceLoss {
  const { values: scores, backward } = compared(batch, similarity_fct);
  const input = { scores, labels: batch.labels, scale };
  return {
    loss: rankingLogSumExp(input),
    gradient: backward(rankingLogSumExpBackward(input, 1)),
  };
}
