/**
 * TripletLoss in float64.
 *
 * @module
 */
import { marginLoss, marginLossBackward } from "../margin_loss.ts";
import { compared, type ReferenceBatch, type ReferenceLoss } from "./compared.ts";

/** The mean of relu(d(a, p) - d(a, n) + margin). */
export function tripletLoss(
  batch: ReferenceBatch,
  { distance_metric, triplet_margin }: { distance_metric: string; triplet_margin: number },
): ReferenceLoss {
  const { values, backward } = compared(batch, distance_metric);
  return {
    loss: marginLoss(values, triplet_margin),
    gradient: backward(marginLossBackward(values, triplet_margin, 1)),
  };
}
