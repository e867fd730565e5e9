import { assertEquals, assertRejects } from "@std/assert";
import { layerNorm } from "../../src/ops/layer_norm.ts";
import { layerNorm as reference, layerNormBackward } from "../reference/layer_norm.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  T: number;
  C: number;
  lanes: number;
  /** Added to every element. */
  mean?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { T: 1, C: 4, lanes: 1 },
  { T: 1, C: 4, lanes: 32 },
  { T: 63, C: 124, lanes: 1 },
  { T: 64, C: 128, lanes: 32 },
  { T: 65, C: 132, lanes: 32 },
  { T: 130, C: 260, lanes: 1, twice: true },
  { T: 130, C: 20, lanes: 64, twice: true },
  { T: 67, C: 36, lanes: 8 },
  { T: 9, C: 64, lanes: 16, mean: 30 },
];

Deno.test("layerNorm equals its reference, forward and backward, for every share of lanes", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { T, C, lanes, mean = 0, twice = false } of CASES) {
      const x = normalValues(T * C, 1).map((value) => Math.fround(value + mean));
      const gain = normalValues(C, 2).map((value) => Math.fround(value + 1));
      const bias = normalValues(C, 3);
      const dOutput = normalValues(T * C, 4);
      const epsilon = 1e-5;
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          x: { shape: [T, C], data: x },
          gain: { shape: [C], data: gain, parameter: true },
          bias: { shape: [C], data: bias, parameter: true },
        },
        forward: (tape, tensors) => layerNorm(tape, { ...tensors, epsilon, lanes }),
        dOutput,
        twice,
      });
      const times = twice ? 2 : 1;
      const input = { x, gain, bias, C, eps: epsilon };
      const { dX, dGain, dBias } = layerNormBackward(input, dOutput);
      // A mean far from zero costs the digits that it takes from the differences.
      const relative = floatTolerance(C + 4) * (1 + Math.abs(mean));
      const check = (name: string, actual: Float32Array, expected: Float64Array, size: number) =>
        assertClose(actual, expected, {
          op: `layerNorm ${name}`,
          case: JSON.stringify({ T, C, lanes, mean, twice }),
          absolute: relative * size,
          relative,
        });
      // Normalised values and gains reach about 4 each.
      check("y", y, reference(input), 16);
      check("dX", gradients.x, dX.map((v) => v * times), 16 * 4 * times);
      const rows = floatTolerance(times * T) / floatTolerance(C + 4) + 1;
      check("dGain", gradients.gain, dGain.map((v) => v * times), 16 * rows * Math.sqrt(T) * times);
      check("dBias", gradients.bias, dBias.map((v) => v * times), 16 * rows * Math.sqrt(T) * times);
      seen++;
    }
  }
  assertEquals(seen, 18);
});

Deno.test("layerNorm of a constant row is its bias", async () => {
  const gpu = await testGpu();
  const C = 8;
  const bias = normalValues(C, 1);
  const { y, gradients } = await runOp(gpu, {
    inputs: {
      x: { shape: [2, C], data: new Float64Array(2 * C).fill(0.5) },
      gain: { shape: [C], data: normalValues(C, 2), parameter: true },
      bias: { shape: [C], data: bias, parameter: true },
    },
    forward: (tape, tensors) => layerNorm(tape, { ...tensors, epsilon: 1e-12 }),
    dOutput: new Float64Array(2 * C),
  });
  assertEquals([...y], [...bias, ...bias]);
  assertEquals([...gradients.x], new Array(2 * C).fill(0));
});

Deno.test("layerNorm covers more than 65,535 workgroups", async () => {
  const gpu = await testGpu();
  const T = 65535 * 64 + 1;
  const x = Float64Array.from({ length: T * 4 }, (_, i) => (i % 4) - 1.5);
  const { y } = await runOp(gpu, {
    inputs: {
      x: { shape: [T, 4], data: x },
      gain: { shape: [4], data: new Float64Array(4).fill(1), parameter: true },
      bias: { shape: [4], data: new Float64Array(4), parameter: true },
    },
    forward: (tape, tensors) => layerNorm(tape, { ...tensors, epsilon: 1e-5, lanes: 1 }),
    dOutput: new Float64Array(T * 4),
  });
  assertEquals(y.findIndex((value, i) => value !== y[i % 4]), -1);
});

Deno.test("layerNorm refuses rows that are no whole vectors", async () => {
  const gpu = await testGpu();
  const data = new Float64Array(6);
  await assertRejects(
    () =>
      runOp(gpu, {
        inputs: {
          x: { shape: [1, 6], data },
          gain: { shape: [6], data },
          bias: { shape: [6], data },
        },
        forward: (tape, tensors) => layerNorm(tape, { ...tensors, epsilon: 1e-5 }),
        dOutput: data,
      }),
    TypeError,
    'Cannot run layerNorm on "x": found rows of 6 columns, wanted a multiple of 4',
  );
});
