import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { gatedActivation, gatedActivationBackward } from "./gated_activation.ts";
import { normalValues } from "./random_values.ts";

Deno.test("gatedActivation multiplies the activated first half of a row by its second half", () => {
  const x = Float64Array.of(1, -2, 3, 4, /* row 1 */ 5, 6, -7, 8);
  assertEquals(gatedActivation(x, 2, "relu"), Float64Array.of(3, 0, -35, 48));
});

Deno.test("gatedActivationBackward agrees with central differences", () => {
  const F = 5;
  const [x, dY] = [normalValues(3 * 2 * F, 1), normalValues(3 * F, 2)];
  for (const kind of ["gelu", "gelu_tanh", "relu", "silu"] as const) {
    gradientCheck(
      (moved) => dot(gatedActivation(moved, F, kind), dY),
      x,
      gatedActivationBackward(x, dY, { F, kind }),
    );
  }
});
