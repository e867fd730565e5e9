import { assertEquals } from "@std/assert";
import { gradientCheck } from "../support/gradient_check.ts";
import { marginLoss, marginLossBackward } from "./margin_loss.ts";
import { uniformValues } from "./random_values.ts";

Deno.test("marginLoss averages what is missing of the margin", () => {
  assertEquals(marginLoss(Float64Array.of(1, 1, 3, 9), 5), 1.5);
  assertEquals(marginLoss(Float64Array.of(2, 2), null), Math.log(2));
  assertEquals(marginLoss(Float64Array.of(1000, 0), null), 1000);
});

Deno.test("marginLossBackward agrees with central differences", () => {
  const distances = uniformValues(12, 1, { low: 0, high: 2 });
  for (const margin of [0.3, 5, null]) {
    gradientCheck(
      (moved) => 0.7 * marginLoss(moved, margin),
      distances,
      marginLossBackward(distances, margin, 0.7),
    );
  }
});
