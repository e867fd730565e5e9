import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
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
  mean_sqrt_len_tokens: [9 / Math.sqrt(3), 15 / Math.sqrt(3), -7, -9],
  weightedmean: [(1 + 6 + 15) / 6, (8 + 4 + 15) / 6, -7, -9],
  lasttoken: [5, 5, -7, -9],
};
/** The same without the first row of the first sequence and without the second sequence. */
const withoutPrompt: Record<PoolMode, number[]> = {
  mean: [4, 3.5, 0, 0],
  cls: [3, 2, 0, 0],
  max: [5, 5, 0, 0],
  mean_sqrt_len_tokens: [8 / Math.sqrt(2), 7 / Math.sqrt(2), 0, 0],
  weightedmean: [(6 + 15) / 5, (4 + 15) / 5, 0, 0],
  lasttoken: [5, 5, 0, 0],
};
const modes = Object.keys(expected) as PoolMode[];

/** Rounding of a few operations in float64. */
const ROUNDING = { absolute: 1e-14, relative: 1e-14 };

for (const mode of modes) {
  Deno.test(`pool takes the ${mode} of each sequence`, () => {
    const input = { x: rows, sequenceStarts, C: 2, mode };
    assertClose(pool(input), expected[mode], { op: mode, ...ROUNDING });
    assertClose(
      pool({ ...input, promptLengths: [1, 3] }),
      withoutPrompt[mode],
      { op: mode, case: "without a prompt", ...ROUNDING },
    );
  });

  Deno.test(`poolBackward of ${mode} agrees with central differences`, () => {
    const C = 3;
    for (const promptLengths of [undefined, [0, 2, 0, 1]]) {
      const x = normalValues(8 * C, 1);
      const input = { x, sequenceStarts: [0, 5, 6, 6, 8], C, mode, promptLengths };
      const dY = normalValues(4 * C, 2);
      gradientCheck((x) => dot(pool({ ...input, x }), dY), input.x, poolBackward(input, dY));
    }
  });
}

Deno.test("poolBackward of max gives the gradient of a tie to the first", () => {
  const x = Float64Array.of(1, 4, 4, 4);
  const dX = poolBackward({ x, sequenceStarts: [0, 4], C: 1, mode: "max" }, Float64Array.of(2));
  assertEquals(dX, Float64Array.of(0, 2, 0, 0));
});
