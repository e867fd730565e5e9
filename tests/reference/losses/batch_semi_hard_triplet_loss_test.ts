import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { batchSemiHardTripletLoss } from "./batch_semi_hard_triplet_loss.ts";

Deno.test("batchSemiHardTripletLoss agrees with central differences", () => {
  const [B, C] = [9, 8];
  const labels = [0, 1, 0, 1, 1, 2, 0, 3, 3];
  let seen = 0;
  for (
    const options of [
      { distance_metric: "euclidean_distance", margin: 5 },
      { distance_metric: "euclidean_distance", margin: 0 },
      { distance_metric: "cosine_distance", margin: 0.5 },
    ]
  ) {
    const x = normalValues(1 * B * C, 1);
    const batch = { x, B, C, labels };
    const { loss, gradient } = batchSemiHardTripletLoss(batch, options);
    assertEquals(loss > 0, true);
    gradientCheck(
      (moved) => batchSemiHardTripletLoss({ ...batch, x: moved }, options).loss,
      x,
      gradient,
    );
    seen++;
  }
  assertEquals(seen, 3);
});
