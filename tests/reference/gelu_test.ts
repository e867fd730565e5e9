import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { gelu, geluBackward } from "./gelu.ts";
import { normalValues } from "./random_values.ts";

Deno.test("gelu follows the distribution function far into both tails", () => {
  // x Phi(x), with Phi(1), Phi(-3) and Phi(-10) as tabulated.
  const y = gelu(Float64Array.of(0, 1, -3, -10, 40));
  const expected = [0, 0.8413447460685429, -3 * 0.0013498980316300945, -7.61985302416052e-23, 40];
  assertClose(y, expected, { op: "gelu", absolute: 0, relative: 1e-14 });
});

Deno.test("gelu(x) - gelu(-x) is x", () => {
  const x = normalValues(50, 1, { deviation: 2 });
  const mirrored = gelu(x.map((value) => -value));
  const difference = gelu(x).map((value, i) => value - mirrored[i]);
  assertClose(difference, x, { op: "gelu", absolute: 0, relative: 1e-14 });
});

Deno.test("geluBackward agrees with central differences", () => {
  const x = normalValues(60, 2, { deviation: 2 });
  const dY = normalValues(60, 3);
  gradientCheck((moved) => dot(gelu(moved), dY), x, geluBackward(x, dY));
  assertEquals(geluBackward(Float64Array.of(0), Float64Array.of(3)), Float64Array.of(1.5));
});
