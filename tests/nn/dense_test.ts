import { assert, assertEquals } from "@std/assert";
import type { ParameterInit } from "../../src/gpu/parameter_slab.ts";
import type { DenseActivation } from "../../src/io/dense_config.ts";
import { Dense } from "../../src/nn/dense.ts";
import { linear, linearBackward } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

/** Value and slope of each activation at x, but for those that need an error function. */
const ACTIVATIONS: Record<Exclude<DenseActivation, "gelu">, (x: number) => [number, number]> = {
  identity: (x) => [x, 1],
  tanh: (x) => [Math.tanh(x), 1 / Math.cosh(x) ** 2],
  relu: (x) => [Math.max(x, 0), x > 0 ? 1 : 0],
  sigmoid: (x) => {
    const y = 1 / (1 + Math.exp(-x));
    return [y, y * (1 - y)];
  },
  silu: (x) => {
    const p = 1 / (1 + Math.exp(-x));
    return [x * p, p + x * p * (1 - p)];
  },
};

Deno.test("Dense equals a linear layer, its activation and its residual sum", async () => {
  const T = 5;
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [name, f] of Object.entries(ACTIVATIONS)) {
      for (
        const [K, N, bias, residual] of [[12, 8, true, false], [8, 8, false, true], [
          12,
          8,
          true,
          true,
        ]] as const
      ) {
        const projects = residual && K !== N;
        const [x, dOutput] = [normalValues(T * K, 1), normalValues(T * N, 2)];
        const weight = normalValues(N * K, 3).map((value) => value / Math.sqrt(K));
        const other = normalValues(N * K, 4).map((value) => value / Math.sqrt(K));
        const vector = bias ? normalValues(N, 5) : new Float64Array(N);
        const parameter = true;
        const { y, gradients } = await runOp(gpu, {
          inputs: {
            x: { shape: [T, K], data: x },
            "2_Dense/linear.weight": { shape: [N, K], data: weight, parameter },
            "2_Dense/linear.bias": { shape: [N], data: vector, parameter },
            "2_Dense/residual.weight": { shape: [N, K], data: other, parameter },
          },
          forward: (tape, tensors) =>
            new Dense(givenParameters(tensors), {
              prefix: "2_Dense/",
              inFeatures: K,
              outFeatures: N,
              bias,
              activation: name as DenseActivation,
              residual,
              seed: 1,
            }).forward(tape, tensors.x),
          dOutput,
        });
        const inner = linear({ x, weight, bias: vector, T, K, N });
        const shortcut = { x, weight: other, bias: new Float64Array(N), T, K, N };
        const added = !residual ? inner.map(() => 0) : projects ? linear(shortcut) : x;
        const expected = inner.map((value, i) => f(value)[0] + added[i]);
        const dInner = dOutput.map((value, i) => value * f(inner[i])[1]);
        const own = linearBackward({ x, weight, bias: vector, T, K, N }, dInner);
        const past = linearBackward(shortcut, dOutput);
        const dX = own.dX.map((value, i) =>
          value + (!residual ? 0 : projects ? past.dX[i] : dOutput[i])
        );
        const close = (op: string, actual: Float32Array, wanted: Float64Array) => {
          // Sums of at most 12 + 12 products of about 1, through an activation of slope at most 1.1.
          const relative = floatTolerance(24);
          const kase = `${name} ${K} to ${N}, bias ${bias}, residual ${residual}`;
          assertClose(actual, wanted, { op, case: kase, absolute: 8 * relative, relative });
        };
        close("Dense", y, expected);
        close("Dense dX", gradients.x, dX);
        close("Dense dWeight", gradients["2_Dense/linear.weight"], own.dWeight);
        const dBias = gradients["2_Dense/linear.bias"];
        if (bias) close("Dense dBias", dBias, own.dBias);
        else assert(dBias.every((value) => value === 0));
        const dResidual = gradients["2_Dense/residual.weight"];
        if (projects) close("Dense dResidual", dResidual, past.dWeight);
        else assert(dResidual.every((value) => value === 0));
        seen++;
      }
    }
  }
  assertEquals(seen, 30);
});

Deno.test("Dense declares what files hold, decays matrices alone and begins as torch.nn.Linear", async () => {
  const [gpu] = await testGpus();
  const declared: ParameterInit[] = [];
  const [K, N] = [400, 8];
  const zeros = (size: number) => ({ data: new Float64Array(size), parameter: true });
  await runOp(gpu, {
    inputs: {
      x: { shape: [1, K], ...zeros(K) },
      "linear.weight": { shape: [N, K], ...zeros(N * K) },
      "linear.bias": { shape: [N], ...zeros(N) },
    },
    forward: (tape, tensors) => {
      declared.length = 0;
      const config = { inFeatures: K, outFeatures: N, bias: true, activation: "gelu" } as const;
      const init = { ...config, prefix: "", residual: false, seed: 1 };
      return new Dense(givenParameters(tensors, declared), init).forward(tape, tensors.x);
    },
    dOutput: new Float64Array(N),
  });
  assertEquals(declared.map(({ parts: [{ name }], decay }) => [name, decay]), [
    ["linear.weight", true],
    ["linear.bias", false],
  ]);
  const values = declared[0].initialize(declared[0].parts[0]);
  assertEquals(values.length, N * K);
  const bound = 1 / Math.sqrt(K);
  assert(values.every((value) => Math.abs(value) <= bound));
  // The mean square of 3,200 uniform values is within 5 of its deviations of bound^2 / 3.
  const mean = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  const deviation = Math.sqrt(4 / 45 / values.length);
  assert(Math.abs(mean / bound ** 2 - 1 / 3) < 5 * deviation, `${mean}`);
  assertEquals(declared[0].initialize(declared[0].parts[0]), values);
});
