import { assertEquals } from "@std/assert";
import { gradientCheck } from "../../support/gradient_check.ts";
import { normalValues } from "../random_values.ts";
import { angleLoss } from "./angle_loss.ts";

Deno.test("angleLoss agrees with central differences", () => {
  const [B, C] = [6, 8];
  const labels = [1, 1, 0.8, 1, 0.3, 1];
  let seen = 0;
  for (
    const options of [
      { scale: 1.5 },
      { scale: 20 },
    ]
  ) {
    const x = normalValues(4 * B * C, 1);
    const batch = { x, B, C, labels };
    const { loss, gradient } = angleLoss(batch, options);
    assertEquals(loss > 0, true);
    gradientCheck((moved) => angleLoss({ ...batch, x: moved }, options).loss, x, gradient);
    seen++;
  }
  assertEquals(seen, 2);
});
