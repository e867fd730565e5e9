/**
 * OnlineContrastiveLoss in float64.
 *
 * @module
 */
import { pairLoss, pairLossBackward } from "../pair_loss.ts";
import { compared, type ReferenceBatch, type ReferenceLoss } from "./compared.ts";

/** The sum of d^2 over hard positives and of relu(margin - d)^2 over hard negatives. */
export function onlineContrastiveLoss(
  batch: ReferenceBatch,
  { distance_metric, margin }: { distance_metric: string; margin: number },
): ReferenceLoss {
  const { values, backward } = compared(batch, distance_metric);
  const input = { values, labels: batch.labels, kind: "hard", margin, average: false };
  return { loss: pairLoss(input), gradient: backward(pairLossBackward(input, 1)) };
}
