import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { marginMseLoss } from "./margin_mse_loss.ts";

Deno.test("marginMseLoss is the mean of squares of what margins are off by", () => {
  // Scores are 5 and 2, and 3 and 3.
  const embeddings = Float64Array.of(1, 1, 5, 3, 2, 3);
  const batch = { embeddings, B: 2, C: 1, similarity: "dot_score" } as const;
  assertEquals(marginMseLoss(batch, Float64Array.of(1, 1)).loss, (4 + 1) / 2);
  assertEquals(marginMseLoss(batch, Float64Array.of(7, 6, 9, 8)).loss, (4 + 1) / 2);
});

for (const similarity of ["cos_sim", "dot_score"] as const) {
  Deno.test(`marginMseLoss's gradient agrees with central differences, ${similarity}`, () => {
    const [embeddings, labels] = [normalValues(4 * 3 * 5, 1), normalValues(6, 2)];
    const batch = { B: 3, C: 5, similarity };
    gradientCheck(
      (moved) => marginMseLoss({ ...batch, embeddings: moved }, labels).loss,
      embeddings,
      marginMseLoss({ ...batch, embeddings }, labels).dEmbeddings,
    );
  });
}
