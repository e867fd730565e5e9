import { assertEquals, assertRejects } from "@std/assert";
import { linear } from "../../src/ops/linear.ts";
import { linear as reference, linearBackward } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

/** T, K, N. */
const SHAPES: readonly (readonly [number, number, number])[] = [
  [1, 1, 4],
  [31, 12, 8],
  [32, 32, 32],
  [33, 36, 40],
  [65, 130, 68],
  [700, 20, 132],
];

Deno.test("linear equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [T, K, N] of SHAPES) {
      const [x, weight, bias] = [T * K, N * K, N].map((size, i) => normalValues(size, i + 1));
      const dOutput = normalValues(T * N, 9);
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          x: { shape: [T, K], data: x },
          weight: { shape: [N, K], data: weight, parameter: true },
          bias: { shape: [N], data: bias, parameter: true },
        },
        forward: linear,
        dOutput,
        twice: T === 33,
      });
      const input = { x, weight, bias, T, K, N };
      const { dX, dWeight, dBias } = linearBackward(input, dOutput);
      const times = T === 33 ? 2 : 1;
      const check = (name: string, actual: Float32Array, expected: Float64Array, terms: number) => {
        // Terms are products of two normal values: partial sums reach a few sqrt(terms).
        const relative = floatTolerance(terms + 2);
        assertClose(actual, expected, {
          op: `linear ${name}`,
          case: `${gpu.kind} ${T} x ${K} x ${N}`,
          absolute: relative * 4 * Math.sqrt(terms),
          relative,
        });
      };
      check("y", y, reference(input), K);
      check("dX", gradients.x, dX.map((v) => v * times), times * N);
      check("dWeight", gradients.weight, dWeight.map((v) => v * times), times * T);
      check("dBias", gradients.bias, dBias.map((v) => v * times), times * T);
      seen++;
    }
  }
  assertEquals(seen, 12);
});

Deno.test("linear refuses a weight of another width", async () => {
  const gpu = await testGpu();
  const data = new Float64Array(8);
  await assertRejects(
    () =>
      runOp(gpu, {
        inputs: { x: { shape: [2, 4], data }, weight: { shape: [4, 2], data } },
        forward: linear,
        dOutput: data,
      }),
    TypeError,
    'argument "weight" ("weight"): found shape [4,2], wanted [4,4]',
  );
});
