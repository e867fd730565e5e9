import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { cosentLoss } from "./cosent_loss.ts";

Deno.test("cosentLoss agrees with central differences", () => {
  const [B, C] = [6, 8];
  const labels = [0.2, 1, 0.2, 0.5, 0, 0.9];
  let seen = 0;
  for (
    const options of [
      { scale: 1.5, similarity_fct: "pairwise_cos_sim" },
      { scale: 1.5, similarity_fct: "pairwise_dot_score" },
      { scale: 1.5, similarity_fct: "pairwise_euclidean_sim" },
      { scale: 1.5, similarity_fct: "pairwise_manhattan_sim" },
      { scale: 1.5, similarity_fct: "pairwise_angle_sim" },
    ]
  ) {
    const x = normalValues(2 * B * C, 1);
    const batch = { x, B, C, labels };
    const { loss, gradient } = cosentLoss(batch, options);
    assertEquals(loss > 0, true);
    gradientCheck((moved) => cosentLoss({ ...batch, x: moved }, options).loss, x, gradient);
    seen++;
  }
  assertEquals(seen, 5);
});
