import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { cosineSimilarityLoss } from "./cosine_similarity_loss.ts";

Deno.test("cosineSimilarityLoss agrees with central differences", () => {
  const [B, C] = [6, 8];
  const batch = { x: normalValues(2 * B * C, 1), B, C, labels: [0.2, 1, 0.2, 0.5, 0, -0.9] };
  const { loss, gradient } = cosineSimilarityLoss(batch);
  assertEquals(loss > 0, true);
  gradientCheck((x) => cosineSimilarityLoss({ ...batch, x }).loss, batch.x, gradient);
});
