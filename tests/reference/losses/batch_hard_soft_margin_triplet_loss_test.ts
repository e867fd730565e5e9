import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { batchHardSoftMarginTripletLoss } from "./batch_hard_soft_margin_triplet_loss.ts";

Deno.test("batchHardSoftMarginTripletLoss agrees with central differences", () => {
  const [B, C] = [9, 8];
  const labels = [0, 1, 0, 1, 1, 2, 0, 3, 3];
  let seen = 0;
  for (
    const options of [
      { distance_metric: "euclidean_distance" },
      { distance_metric: "cosine_distance" },
    ]
  ) {
    const x = normalValues(1 * B * C, 1);
    const batch = { x, B, C, labels };
    const { loss, gradient } = batchHardSoftMarginTripletLoss(batch, options);
    assertEquals(loss > 0, true);
    gradientCheck(
      (moved) => batchHardSoftMarginTripletLoss({ ...batch, x: moved }, options).loss,
      x,
      gradient,
    );
    seen++;
  }
  assertEquals(seen, 2);
});
