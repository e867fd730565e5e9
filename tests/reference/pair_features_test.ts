import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { pairFeatures, pairFeaturesBackward } from "./pair_features.ts";
import { normalValues } from "./random_values.ts";

const ALL = { both: true, difference: true, product: true };

Deno.test("pairFeatures puts the parts side by side", () => {
  const x = Float64Array.of(1, 2, 3, 4, -5, 6, 7, 8);
  assertEquals(
    pairFeatures(x, { C: 2, ...ALL }),
    Float64Array.of(1, 2, -5, 6, 6, 4, -5, 12, 3, 4, 7, 8, 4, 4, 21, 32),
  );
  assertEquals(
    pairFeatures(x, { C: 2, ...ALL, both: false, product: false }),
    Float64Array.of(6, 4, 4, 4),
  );
});

Deno.test("pairFeaturesBackward gives equal components no slope of their difference", () => {
  const parts = { C: 1, both: false, difference: true, product: false };
  const dX = pairFeaturesBackward(Float64Array.of(2, 2), Float64Array.of(1), parts);
  assertEquals([...dX].map(Math.abs), [0, 0]);
});

for (
  const [both, difference, product] of [[true, true, true], [false, true, false], [
    true,
    false,
    true,
  ]]
) {
  Deno.test(`pairFeaturesBackward agrees with central differences, ${both} ${difference} ${product}`, () => {
    const parts = { C: 3, both, difference, product };
    const x = normalValues(2 * 4 * 3, 1);
    const dY = normalValues(pairFeatures(x, parts).length, 2);
    gradientCheck(
      (moved) => dot(pairFeatures(moved, parts), dY),
      x,
      pairFeaturesBackward(x, dY, parts),
    );
  });
}
