import { assertEquals } from "@std/assert";
import { gelu } from "../../src/ops/gelu.ts";
import { gelu as reference, geluBackward } from "../reference/gelu.ts";
import { normalValues, uniformValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("gelu equals its reference, forward and backward, from its core to its tails", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const size of [1, 3, 4, 255, 256, 257, 40_000]) {
      const x = uniformValues(size, size, { low: -9, high: 9 });
      const special = [0, -0, 1.4142135, -1.4142135, 80, -80, 1e-20].slice(0, size);
      special.forEach((value, i) => x[i] = Math.fround(value));
      const dOutput = normalValues(size, 2);
      const twice = size === 257;
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [size], data: x } },
        forward: (tape, tensors) => gelu(tape, tensors.x),
        dOutput,
        twice,
      });
      // The error function is within 1.4e-7 and is multiplied by x / 2; the exponential of the density
      // is granted 3 + 2 |x^2 / 2| ulp, of which x^2 exp(-x^2 / 2) leaves less than 1e-6 in all.
      const name = { case: `${size} elements` };
      assertClose(y, reference(x), { op: "gelu", ...name, absolute: 7e-7, relative: 3e-7 });
      const expected = geluBackward(x, dOutput).map((value) => value * (twice ? 2 : 1));
      assertClose(gradients.x, expected, {
        op: "gelu backward",
        ...name,
        absolute: 5 * 2e-6,
        relative: 1e-6,
      });
      seen++;
    }
  }
  assertEquals(seen, 14);
});

Deno.test("gelu passes large values and stops large negative ones", async () => {
  const [gpu] = await testGpus();
  const data = Float64Array.of(1e30, -1e30, 12, -12);
  const { y } = await runOp(gpu, {
    inputs: { x: { shape: [4], data } },
    forward: (tape, tensors) => gelu(tape, tensors.x),
    dOutput: new Float64Array(4),
  });
  assertEquals([...y].map((value) => value === 0 ? 0 : value), [Math.fround(1e30), 0, 12, 0]);
});
