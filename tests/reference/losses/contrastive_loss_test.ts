import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { contrastiveLoss } from "./contrastive_loss.ts";

Deno.test("contrastiveLoss agrees with central differences", () => {
  const [B, C] = [6, 8];
  const labels = [0, 1, 0.5, 0, 1, 0];
  let seen = 0;
  for (
    const options of [
      { distance_metric: "SiameseDistanceMetric.COSINE_DISTANCE", margin: 1.5, size_average: true },
      { distance_metric: "SiameseDistanceMetric.EUCLIDEAN", margin: 5, size_average: true },
      { distance_metric: "SiameseDistanceMetric.MANHATTAN", margin: 12, size_average: true },
      {
        distance_metric: "SiameseDistanceMetric.COSINE_DISTANCE",
        margin: 1.5,
        size_average: false,
      },
    ]
  ) {
    const x = normalValues(2 * B * C, 1);
    const batch = { x, B, C, labels };
    const { loss, gradient } = contrastiveLoss(batch, options);
    assertEquals(loss > 0, true);
    gradientCheck((moved) => contrastiveLoss({ ...batch, x: moved }, options).loss, x, gradient);
    seen++;
  }
  assertEquals(seen, 4);
});
