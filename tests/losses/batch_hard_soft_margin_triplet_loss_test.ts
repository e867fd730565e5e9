import { BatchHardSoftMarginTripletLoss } from "../../src/losses/batch_hard_soft_margin_triplet_loss.ts";
import { batchHardSoftMarginTripletLoss } from "../reference/losses/batch_hard_soft_margin_triplet_loss.ts";
import { testClassTripletLoss } from "../support/class_triplet_loss_cases.ts";

testClassTripletLoss({
  name: "BatchHardSoftMarginTripletLoss",
  make: BatchHardSoftMarginTripletLoss,
  cases: [
    { B: 1, C: 8, classes: 1, distance_metric: "euclidean_distance" },
    { B: 33, C: 24, classes: 4, distance_metric: "euclidean_distance" },
    { B: 66, C: 16, classes: 20, distance_metric: "euclidean_distance" },
    { B: 24, C: 16, classes: 1, distance_metric: "euclidean_distance" },
    { B: 20, C: 16, classes: 3, distance_metric: "cosine_distance" },
  ],
  reference: batchHardSoftMarginTripletLoss,
  weight: (B) => 4 / B,
  defaults: { distance_metric: "euclidean_distance" },
  wrong: [{ distance_metric: "cosine" }, { margin: 1 }],
});
