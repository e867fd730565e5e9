/**
 * BatchHardSoftMarginTripletLoss in float64.
 *
 * @module
 */
import { hardestDistances, hardestDistancesBackward } from "../hardest_distances.ts";
import { marginLoss, marginLossBackward } from "../margin_loss.ts";
import { classDistances } from "./class_distances.ts";
import type { ReferenceBatch, ReferenceLoss } from "./compared.ts";

/** The mean of log(1 + exp(farthest positive - nearest negative)). */
export function batchHardSoftMarginTripletLoss(
  { x, C, labels }: ReferenceBatch,
  { distance_metric }: { distance_metric: string },
): ReferenceLoss {
  const { all, backward } = classDistances(x, C, distance_metric);
  const hardest = hardestDistances(all, labels);
  const dHardest = marginLossBackward(hardest.distances, null, 1);
  return {
    loss: marginLoss(hardest.distances, null),
    gradient: backward(hardestDistancesBackward(hardest, dHardest)),
  };
}
