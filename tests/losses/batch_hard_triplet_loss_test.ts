import { BatchHardTripletLoss } from "../../src/losses/batch_hard_triplet_loss.ts";
import { batchHardTripletLoss } from "../reference/losses/batch_hard_triplet_loss.ts";
import { testClassTripletLoss } from "../support/class_triplet_loss_cases.ts";

testClassTripletLoss({
  name: "BatchHardTripletLoss",
  make: BatchHardTripletLoss,
  cases: [
    { B: 1, C: 8, classes: 1, distance_metric: "euclidean_distance", margin: 5 },
    { B: 33, C: 24, classes: 4, distance_metric: "euclidean_distance", margin: 0 },
    { B: 66, C: 16, classes: 20, distance_metric: "euclidean_distance", margin: 5 },
    { B: 24, C: 16, classes: 1, distance_metric: "euclidean_distance", margin: 0.5 },
    { B: 20, C: 16, classes: 3, distance_metric: "cosine_distance", margin: 0.2 },
  ],
  reference: batchHardTripletLoss,
  weight: (B) => 4 / B,
  defaults: { distance_metric: "euclidean_distance", margin: 5 },
  wrong: [{ distance_metric: "cosine" }, { margin: -1 }, { triplet_margin: 1 }],
});
