import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { tripletLoss } from "./triplet_loss.ts";

Deno.test("tripletLoss agrees with central differences", () => {
  const [B, C] = [6, 8];
  const labels: number[] = [];
  let seen = 0;
  for (
    const options of [
      { distance_metric: "TripletDistanceMetric.COSINE", triplet_margin: 0.5 },
      { distance_metric: "TripletDistanceMetric.EUCLIDEAN", triplet_margin: 5 },
      { distance_metric: "TripletDistanceMetric.MANHATTAN", triplet_margin: 5 },
    ]
  ) {
    const x = normalValues(3 * B * C, 1);
    const batch = { x, B, C, labels };
    const { loss, gradient } = tripletLoss(batch, options);
    assertEquals(loss > 0, true);
    gradientCheck((moved) => tripletLoss({ ...batch, x: moved }, options).loss, x, gradient);
    seen++;
  }
  assertEquals(seen, 3);
});
