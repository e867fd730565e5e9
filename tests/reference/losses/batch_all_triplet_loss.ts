/**
 * BatchAllTripletLoss in float64.
 *
 * @module
 */
import { tripletSums, tripletSumsBackward } from "../triplet_sums.ts";
import { classDistances } from "./class_distances.ts";
import type { ReferenceBatch, ReferenceLoss } from "./compared.ts";

/** The mean over all triplets that break the margin. */
export function batchAllTripletLoss(
  { x, C, labels }: ReferenceBatch,
  { distance_metric, margin }: { distance_metric: string; margin: number },
): ReferenceLoss {
  const { all, backward } = classDistances(x, C, distance_metric);
  const input = { all, labels, triplets: "all", margin };
  return { loss: tripletSums(input), gradient: backward(tripletSumsBackward(input, 1)) };
}
