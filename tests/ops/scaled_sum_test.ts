import { assertEquals } from "@std/assert";
import { scaledSum } from "../../src/ops/scaled_sum.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("scaledSum adds all elements and hands its gradient to each", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [n, factor, twice] of [[1, -2, false], [63, 1, true], [64, 0.5, false], [
        1000,
        1e-3,
        true,
      ]] as const
    ) {
      const data = normalValues(n, 1);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [n], data } },
        forward: (tape, { x }) => scaledSum(tape, x, factor),
        dOutput: Float64Array.of(3),
        twice,
      });
      const name = { op: "scaledSum", case: `${n}` };
      const size = Math.abs(factor) * data.reduce((sum, value) => sum + Math.abs(value), 0);
      const sum = factor * data.reduce((a, b) => a + b, 0);
      assertClose(y, [sum], { ...name, absolute: size * floatTolerance(n / 64 + 7), relative: 0 });
      const expected = new Float64Array(n).fill(3 * factor * (twice ? 2 : 1));
      assertClose(gradients.x, expected, { ...name, absolute: 0, relative: floatTolerance(2) });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("scaledSum of a NaN is NaN", async () => {
  const { y } = await runOp(await testGpu(), {
    inputs: { x: { shape: [2], data: Float64Array.of(1, NaN) } },
    forward: (tape, { x }) => scaledSum(tape, x, 1),
    dOutput: Float64Array.of(1),
  });
  assertEquals([...y], [NaN]);
});
