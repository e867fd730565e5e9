/**
 * BatchSemiHardTripletLoss in float64.
 *
 * @module
 */
import { tripletSums, tripletSumsBackward } from "../triplet_sums.ts";
import { classDistances } from "./class_distances.ts";
import type { ReferenceBatch, ReferenceLoss } from "./compared.ts";

/** The mean over anchors and positives, with a semi-hard negative each. */
export function batchSemiHardTripletLoss(
  { x, C, labels }: ReferenceBatch,
  { distance_metric, margin }: { distance_metric: string; margin: number },
): ReferenceLoss {
  const { all, backward } = classDistances(x, C, distance_metric);
  const input = { all, labels, triplets: "semi_hard", margin };
  return { loss: tripletSums(input), gradient: backward(tripletSumsBackward(input, 1)) };
}
