import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { l2Normalize, l2NormalizeBackward } from "./l2_normalize.ts";
import { normalValues } from "./random_values.ts";

Deno.test("l2Normalize divides each row by its length", () => {
  assertEquals(
    l2Normalize(Float64Array.of(3, 4, 0, -2), 2),
    Float64Array.of(0.6, 0.8, 0, -1),
  );
});

Deno.test("l2Normalize takes lengths below 1e-12 for 1e-12", () => {
  const x = Float64Array.of(0, 0, 3e-13, 4e-13);
  assertEquals(l2Normalize(x, 2), x.map((value) => value / 1e-12));
  assertEquals(
    l2NormalizeBackward(x, Float64Array.of(1, 2, 3, 4), 2),
    Float64Array.of(1, 2, 3, 4).map((value) => value / 1e-12),
  );
});

Deno.test("l2NormalizeBackward agrees with central differences", () => {
  const C = 5;
  const x = normalValues(4 * C, 1);
  const dY = normalValues(4 * C, 2);
  gradientCheck((moved) => dot(l2Normalize(moved, C), dY), x, l2NormalizeBackward(x, dY, C));
});
