import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { mseLoss } from "./mse_loss.ts";

Deno.test("mseLoss is the mean of all squares", () => {
  const { loss } = mseLoss(Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 0));
  assertEquals(loss, (0 + 4 + 4 + 16) / 4);
});

Deno.test("mseLoss's gradient agrees with central differences", () => {
  const [x, targets] = [normalValues(24, 1), normalValues(12, 2)];
  gradientCheck((moved) => mseLoss(moved, targets).loss, x, mseLoss(x, targets).dEmbeddings);
});
