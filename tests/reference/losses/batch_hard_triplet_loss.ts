/**
 * BatchHardTripletLoss in float64.
 *
 * @module
 */
import { hardestDistances, hardestDistancesBackward } from "../hardest_distances.ts";
import { marginLoss, marginLossBackward } from "../margin_loss.ts";
import { classDistances } from "./class_distances.ts";
import type { ReferenceBatch, ReferenceLoss } from "./compared.ts";

/** The mean of relu(farthest positive - nearest negative + margin). */
export function batchHardTripletLoss(
  { x, C, labels }: ReferenceBatch,
  { distance_metric, margin }: { distance_metric: string; margin: number },
): ReferenceLoss {
  const { all, backward } = classDistances(x, C, distance_metric);
  const hardest = hardestDistances(all, labels);
  const dHardest = marginLossBackward(hardest.distances, margin, 1);
  return {
    loss: marginLoss(hardest.distances, margin),
    gradient: backward(hardestDistancesBackward(hardest, dHardest)),
  };
}
