import { assertEquals, assertRejects } from "@std/assert";
import { add } from "../../src/ops/add.ts";
import { normalValues } from "../reference/random_values.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("add rounds each sum once and hands the gradient to both", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const size of [1, 3, 4, 255, 256, 257, 20_000]) {
      const [a, b, dOutput] = [1, 2, 3].map((seed) => normalValues(size, seed));
      for (const twice of [false, true]) {
        const { y, gradients } = await runOp(gpu, {
          inputs: { a: { shape: [size], data: a }, b: { shape: [size], data: b } },
          forward: (tape, tensors) => add(tape, tensors.a, tensors.b),
          dOutput,
          twice,
        });
        assertEquals(y, Float32Array.from(a, (value, i) => value + b[i]));
        const expected = Float32Array.from(dOutput, (value) => value * (twice ? 2 : 1));
        assertEquals(gradients, { a: expected, b: expected });
        seen++;
      }
    }
  }
  assertEquals(seen, 28);
});

Deno.test("add of a tensor to itself gives it the gradient twice", async () => {
  for (const gpu of await testGpus()) {
    const data = normalValues(9, 1);
    const { y, gradients } = await runOp(gpu, {
      inputs: { a: { shape: [9], data } },
      forward: (tape, tensors) => add(tape, tensors.a, tensors.a),
      dOutput: data,
    });
    assertEquals(y, Float32Array.from(data, (value) => 2 * value));
    assertEquals(gradients.a, y);
  }
});

Deno.test("add refuses another shape", async () => {
  const [gpu] = await testGpus();
  await assertRejects(
    () =>
      runOp(gpu, {
        inputs: {
          a: { shape: [4], data: new Float64Array(4) },
          b: { shape: [8], data: new Float64Array(8) },
        },
        forward: (tape, tensors) => add(tape, tensors.a, tensors.b),
        dOutput: new Float64Array(4),
      }),
    TypeError,
    'argument "b" ("b"): found shape [8], wanted [4]',
  );
});
