/**
 * CosineSimilarityLoss in float64.
 *
 * @module
 */
import { pairLoss, pairLossBackward } from "../pair_loss.ts";
import { compared, type ReferenceBatch, type ReferenceLoss } from "./compared.ts";

/** The mean of (cosine - label)^2. */
export function cosineSimilarityLoss(batch: ReferenceBatch): ReferenceLoss {
  const { values, backward } = compared(batch, "cosine_similarity");
  const input = { values, labels: batch.labels, kind: "squared", margin: 0, average: true };
  return { loss: pairLoss(input), gradient: backward(pairLossBackward(input, 1)) };
}
