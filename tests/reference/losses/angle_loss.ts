/**
 * AnglELoss in float64.
 *
 * @module
 */
import type { ReferenceBatch, ReferenceLoss } from "./compared.ts";
import { cosentLoss } from "./cosent_loss.ts";

/** CoSENTLoss by angles; pairs of anchors with negatives have one minus the label. */
export function angleLoss(batch: ReferenceBatch, { scale }: { scale: number }): ReferenceLoss {
  const { x, B, C, labels } = batch;
  const turned = labels.map((label) => 1 - label);
  const negatives = x.length / (B * C) - 2;
  const all = [...labels, ...Array<number[]>(negatives).fill(turned).flat()];
  return cosentLoss({ ...batch, labels: all }, { scale, similarity_fct: "pairwise_angle_sim" });
}
