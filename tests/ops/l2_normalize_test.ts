import { assertEquals } from "@std/assert";
import { l2Normalize } from "../../src/ops/l2_normalize.ts";
import { l2Normalize as reference, l2NormalizeBackward } from "../reference/l2_normalize.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("l2Normalize equals its reference, forward and backward, for every share of lanes", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [R, C, lanes, deviation] of [
        [1, 4, 1, 1],
        [1, 4, 64, 1],
        [63, 124, 1, 1e-3],
        [64, 128, 32, 1],
        [65, 132, 32, 100],
        [130, 260, 8, 1],
      ]
    ) {
      const x = normalValues(R * C, 1, { deviation });
      const dOutput = normalValues(R * C, 2);
      const twice = R === 65;
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [R, C], data: x } },
        forward: (tape, tensors) => l2Normalize(tape, tensors.x, lanes),
        dOutput,
        twice,
      });
      const relative = floatTolerance(C + 4);
      const name = { case: JSON.stringify({ R, C, lanes, deviation }) };
      assertClose(y, reference(x, C), { op: "l2Normalize", ...name, absolute: 0, relative });
      const expected = l2NormalizeBackward(x, dOutput, C).map((value) => value * (twice ? 2 : 1));
      // A gradient is a difference of terms of about 4 divided by the length.
      const size = 2 * 4 / (deviation * Math.sqrt(C));
      assertClose(gradients.x, expected, {
        op: "l2Normalize backward",
        ...name,
        absolute: relative * size * 4,
        relative,
      });
      seen++;
    }
  }
  assertEquals(seen, 12);
});

Deno.test("l2Normalize leaves a row of zeros at zero", async () => {
  const gpu = await testGpu();
  const { y, gradients } = await runOp(gpu, {
    inputs: { x: { shape: [1, 4], data: new Float64Array(4) } },
    forward: (tape, tensors) => l2Normalize(tape, tensors.x),
    dOutput: Float64Array.of(1, -2, 0, 4),
  });
  assertEquals([...y], [0, 0, 0, 0]);
  const expected = l2NormalizeBackward(new Float64Array(4), Float64Array.of(1, -2, 0, 4), 4);
  assertClose(gradients.x, expected, { op: "l2Normalize", absolute: 0, relative: 2 ** -21 });
});
