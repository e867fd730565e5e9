import { assertEquals } from "@std/assert";
import { gradientCheck } from "../support/gradient_check.ts";
import { pairLoss, pairLossBackward } from "./pair_loss.ts";
import { uniformValues } from "./random_values.ts";

Deno.test("pairLoss sums what its kind says", () => {
  const input = { values: Float64Array.of(0.5, 0.25), labels: [1, 0], margin: 1, average: false };
  assertEquals(pairLoss({ ...input, kind: "squared" }), 0.25 + 0.0625);
  assertEquals(pairLoss({ ...input, kind: "contrastive" }), (0.25 + 0.5625) / 2);
  assertEquals(pairLoss({ ...input, kind: "contrastive", average: true }), (0.25 + 0.5625) / 4);
});

Deno.test("pairLoss counts hard pairs only", () => {
  const of = (values: number[], labels: number[]) =>
    pairLoss({
      values: Float64Array.from(values),
      labels,
      kind: "hard",
      margin: 1,
      average: false,
    });
  // Above the least negative is 0.75; below the greatest positive are both negatives.
  assertEquals(of([0.75, 0.25, 0.5, 0.5], [1, 1, 0, 0]), 0.5625 + 0.25 + 0.25);
  // One negative: the mean of the positives, 0.5, is their limit.
  assertEquals(of([0.75, 0.25, 0.9], [1, 1, 0]), 0.5625);
  // Positives alone, and labels that are neither.
  assertEquals(of([0.75, 0.25, 0.1], [1, 1, 0.5]), 0.5625);
  assertEquals(of([0.75], [1]), 0);
});

for (const kind of ["squared", "contrastive", "hard"]) {
  Deno.test(`pairLossBackward agrees with central differences: ${kind}`, () => {
    const values = uniformValues(9, 4, { low: 0, high: 2 });
    const labels = [1, 0, 0, 1, 1, 0, 1, 0, 1];
    for (const average of [true, false]) {
      const input = { values, labels, kind, margin: 0.9, average };
      gradientCheck(
        (moved) => 0.7 * pairLoss({ ...input, values: moved }),
        values,
        pairLossBackward(input, 0.7),
      );
    }
  });
}
