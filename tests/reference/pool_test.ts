import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { pool, poolBackward } from "./pool.ts";
import type { PoolMode } from "./pool.ts";
import { normalValues } from "./random_values.ts";

const rows = Float64Array.of(1, 8, 3, 2, 5, 5, -7, -9);
const sequenceStarts = [0, 3, 4];
const expected: Record<PoolMode, number[]> = {
  mean: [3, 5, -7, -9],
  cls: [1, 8, -7, -9],
  max: [5, 8, -7, -9],
};
const modes = Object.keys(expected) as PoolMode[];

for (const mode of modes) {
  Deno.test(`pool takes the ${mode} of each sequence`, () => {
    assertEquals([...pool({ x: rows, sequenceStarts, C: 2, mode })], expected[mode]);
  });

  Deno.test(`poolBackward of ${mode} agrees with central differences`, () => {
    const C = 3;
    const input = { x: normalValues(8 * C, 1), sequenceStarts: [0, 5, 6, 8], C, mode };
    const dY = normalValues(3 * C, 2);
    gradientCheck((x) => dot(pool({ ...input, x }), dY), input.x, poolBackward(input, dY));
  });
}

Deno.test("poolBackward of max gives the gradient of a tie to the first", () => {
  const x = Float64Array.of(1, 4, 4, 4);
  const dX = poolBackward({ x, sequenceStarts: [0, 4], C: 1, mode: "max" }, Float64Array.of(2));
  assertEquals(dX, Float64Array.of(0, 2, 0, 0));
});
