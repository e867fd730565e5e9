import { assertEquals, assertThrows } from "@std/assert";
import { expScale } from "../../src/ops/exp_scale.ts";
import { Tape } from "../../src/ops/tape.ts";
import { expScale as reference, expScaleBackward } from "../reference/exp_scale.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("expScale equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [R, C, s, lanes] of [[1, 4, 0, 1], [1, 8, -1.5, 64], [65, 20, 3, 1], [130, 36, 0.5, 32]]
    ) {
      const x = normalValues(R * C, 1);
      const dOutput = normalValues(R * C, 2);
      const logScale = Math.fround(s);
      const twice = R === 65;
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          x: { shape: [R, C], data: x },
          logScale: { shape: [], data: Float64Array.of(logScale), parameter: R > 1 },
        },
        forward: (tape, tensors) => expScale(tape, { ...tensors, lanes }),
        dOutput,
        twice,
      });
      const name = { op: "expScale", case: JSON.stringify({ R, C, s, lanes }) };
      // WGSL grants exp 3 + 2 |x| ulp.
      const relative = (3 + 2 * Math.abs(s)) * 2 ** -23 + floatTolerance(2);
      assertClose(y, reference(x, logScale), { ...name, absolute: 0, relative });
      const { dX, dLogScale } = expScaleBackward(x, logScale, dOutput);
      const factor = twice ? 2 : 1;
      assertClose(gradients.x, dX.map((g) => factor * g), { ...name, absolute: 0, relative });
      const magnitude = y.reduce((sum, value, i) => sum + Math.abs(value * dOutput[i]), 0);
      assertClose(gradients.logScale, [factor * dLogScale], {
        ...name,
        absolute: factor * magnitude * (relative + floatTolerance(R + C)),
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("expScale keeps a NaN, and refuses several factors", async () => {
  const gpu = await testGpu();
  const { y } = await runOp(gpu, {
    inputs: {
      x: { shape: [1, 4], data: Float64Array.of(NaN, 1, 0, 2) },
      logScale: { shape: [], data: Float64Array.of(0) },
    },
    forward: expScale,
    dOutput: Float64Array.of(1, 1, 1, 1),
  });
  assertEquals([...y], [NaN, 1, 0, 2]);
  const tape = new Tape(gpu);
  const [x, logScale] = [tape.empty([1, 4], "x"), tape.empty([2], "s")];
  assertThrows(() => expScale(tape, { x, logScale }), TypeError, "found shape [2], wanted []");
  tape.end();
});
