import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { expScale, expScaleBackward } from "./exp_scale.ts";
import { normalValues } from "./random_values.ts";

Deno.test("expScale multiplies with the exponential", () => {
  const y = expScale(Float64Array.of(1, -2), Math.log(20));
  assertClose(y, [20, -40], { op: "expScale", absolute: 0, relative: 1e-15 });
});

Deno.test("expScaleBackward agrees with central differences", () => {
  const [x, dY, s] = [normalValues(6, 1), normalValues(6, 2), 0.8];
  const { dX, dLogScale } = expScaleBackward(x, s, dY);
  gradientCheck((moved) => dot(expScale(moved, s), dY), x, dX);
  gradientCheck(
    ([moved]) => dot(expScale(x, moved), dY),
    Float64Array.of(s),
    Float64Array.of(dLogScale),
  );
});
