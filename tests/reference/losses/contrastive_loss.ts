/**
 * ContrastiveLoss in float64.
 *
 * @module
 */
import { pairLoss, pairLossBackward } from "../pair_loss.ts";
import { compared, type ReferenceBatch, type ReferenceLoss } from "./compared.ts";

/** The mean or sum of (y d^2 + (1 - y) relu(margin - d)^2) / 2. */
export function contrastiveLoss(
  batch: ReferenceBatch,
  { distance_metric, margin, size_average }: {
    distance_metric: string;
    margin: number;
    size_average: boolean;
  },
): ReferenceLoss {
  const { values, backward } = compared(batch, distance_metric);
  const { labels } = batch;
  const input = { values, labels, kind: "contrastive", margin, average: size_average };
  return { loss: pairLoss(input), gradient: backward(pairLossBackward(input, 1)) };
}
