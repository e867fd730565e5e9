import { assertEquals } from "@std/assert";
import type { ParameterInit } from "../../src/gpu/parameter_slab.ts";
import { normal } from "../../src/nn/initialize.ts";
import { Linear } from "../../src/nn/linear.ts";
import { linear, linearBackward } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("Linear computes several named layers by one product", async () => {
  const [T, K, columns] = [7, 12, 8];
  const names = ["query", "key"];
  const N = names.length * columns;
  const [x, dOutput] = [normalValues(T * K, 1), normalValues(T * N, 2)];
  const [weight, bias] = [normalValues(N * K, 3), normalValues(N, 4)];
  const declared: ParameterInit[] = [];
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: {
      x: { shape: [T, K], data: x },
      "query.weight": { shape: [N, K], data: weight, parameter: true },
      "query.bias": { shape: [N], data: bias, parameter: true },
    },
    forward: (tape, tensors) => {
      declared.length = 0;
      const init = { names, width: K, columns, initialize: normal(1, 5) };
      return new Linear(givenParameters(tensors, declared), init).forward(tape, tensors.x);
    },
    dOutput,
  });
  const close = (op: string, actual: Float32Array, expected: Float64Array, terms: number) => {
    const relative = floatTolerance(terms);
    assertClose(actual, expected, { op, absolute: 16 * relative * Math.sqrt(terms), relative });
  };
  const input = { x, weight, bias, T, K, N };
  const { dX, dWeight, dBias } = linearBackward(input, dOutput);
  close("Linear", y, linear(input), K + 1);
  close("Linear dX", gradients.x, dX, N);
  close("Linear dWeight", gradients["query.weight"], dWeight, T);
  close("Linear dBias", gradients["query.bias"], dBias, T);

  assertEquals(declared.map(({ parts, shape, decay }) => ({ parts, shape, decay })), [
    {
      parts: names.map((name) => ({ name: `${name}.weight`, shape: [columns, K] })),
      shape: [N, K],
      decay: true,
    },
    {
      parts: names.map((name) => ({ name: `${name}.bias`, shape: [columns] })),
      shape: [N],
      decay: false,
    },
  ]);
  const [first, second] = declared;
  assertEquals(first.initialize(first.parts[1]), normal(1, 5)(first.parts[1]));
  assertEquals(second.initialize(second.parts[0]), new Float32Array(columns));
});

Deno.test("Linear without a bias declares and adds none", async () => {
  const [T, K, N] = [3, 8, 4];
  const [x, weight, dOutput] = [
    normalValues(T * K, 1),
    normalValues(N * K, 2),
    normalValues(T * N, 3),
  ];
  const declared: ParameterInit[] = [];
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: {
      x: { shape: [T, K], data: x },
      "Wo.weight": { shape: [N, K], data: weight, parameter: true },
    },
    forward: (tape, tensors) => {
      declared.length = 0;
      const store = givenParameters(tensors, declared);
      const init = { names: ["Wo"], width: K, columns: N, bias: false, initialize: normal(1, 5) };
      return new Linear(store, init).forward(tape, tensors.x);
    },
    dOutput,
  });
  assertEquals(declared.length, 1);
  const input = { x, weight, bias: new Float64Array(N), T, K, N };
  const { dX, dWeight } = linearBackward(input, dOutput);
  const relative = floatTolerance(K);
  const close = { absolute: 16 * relative, relative };
  assertClose(y, linear(input), { op: "Linear", ...close });
  assertClose(gradients.x, dX, { op: "Linear dX", ...close });
  assertClose(gradients["Wo.weight"], dWeight, { op: "Linear dWeight", ...close });
});
