import { assertEquals, assertRejects } from "@std/assert";
import { dropout as dropoutOp } from "../../src/ops/dropout.ts";
import { residualNorm } from "../../src/ops/residual_norm.ts";
import { layerNorm as reference, layerNormBackward } from "../reference/layer_norm.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  T: number;
  C: number;
  lanes: number;
  dropout?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { T: 1, C: 4, lanes: 1 },
  { T: 1, C: 4, lanes: 32, dropout: 0.5 },
  { T: 63, C: 124, lanes: 1, dropout: 0.1 },
  { T: 64, C: 128, lanes: 32 },
  { T: 65, C: 132, lanes: 32, dropout: 0.3 },
  { T: 67, C: 36, lanes: 8, dropout: 0.1 },
  { T: 130, C: 20, lanes: 64, twice: true },
];
const epsilon = 1e-5;

/** What dropout of the same seed leaves of ones: 0 or 1 / (1 - p). */
async function keptOf({ T, C, dropout = 0 }: Case): Promise<Float64Array> {
  const { y } = await runOp(await testGpu(), {
    inputs: { x: { shape: [T, C], data: new Float64Array(T * C).fill(1) } },
    forward: (tape, { x }) => dropoutOp(tape, x, dropout),
    dOutput: new Float64Array(T * C),
    seed: 7,
  });
  return Float64Array.from(y);
}

Deno.test("residualNorm equals its reference, and drops what dropout would drop", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { T, C, lanes, dropout, twice = false } = test;
      const [residual, branch, dOutput] = [1, 2, 3].map((seed) => normalValues(T * C, seed));
      const gain = normalValues(C, 4).map((value) => Math.fround(value + 1));
      const bias = normalValues(C, 5);
      const kept = await keptOf(test);
      if (C > 100) assertEquals(kept.includes(0), dropout !== undefined);
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          residual: { shape: [T, C], data: residual },
          branch: { shape: [T, C], data: branch },
          gain: { shape: [C], data: gain, parameter: true },
          bias: { shape: [C], data: bias, parameter: true },
        },
        forward: (tape, tensors) => residualNorm(tape, { ...tensors, epsilon, lanes, dropout }),
        dOutput,
        seed: 7,
        twice,
      });
      const x = residual.map((value, i) => value + branch[i] * kept[i]);
      const input = { x, gain, bias, C, eps: epsilon };
      const { dX, dGain, dBias } = layerNormBackward(input, dOutput);
      const times = twice ? 2 : 1;
      const relative = floatTolerance(C + 6);
      const check = (name: string, actual: Float32Array, expected: Float64Array, size: number) =>
        assertClose(actual, expected.map((value) => value * (name === "y" ? 1 : times)), {
          op: `residualNorm ${name}`,
          case: JSON.stringify(test),
          absolute: relative * size * times,
          relative,
        });
      // As in layerNorm's test: normalised values and gains reach about 4 each.
      check("y", y, reference(input), 16);
      check("dResidual", gradients.residual, dX, 64);
      check("dBranch", gradients.branch, dX.map((value, i) => value * kept[i]), 128);
      const rows = floatTolerance(times * T) / floatTolerance(C + 6) + 1;
      check("dGain", gradients.gain, dGain, 16 * rows * Math.sqrt(T));
      check("dBias", gradients.bias, dBias, 16 * rows * Math.sqrt(T));
      seen++;
    }
  }
  assertEquals(seen, 14);
});

Deno.test("residualNorm refuses one tensor for both, and other shapes", async () => {
  const gpu = await testGpu();
  const data = new Float64Array(8);
  const vector = { shape: [4], data: new Float64Array(4), parameter: true };
  const run = (shape: number[], same: boolean) =>
    runOp(gpu, {
      inputs: { x: { shape: [2, 4], data }, z: { shape, data }, gain: vector },
      forward: (tape, { x, z, gain }) =>
        residualNorm(tape, { residual: x, branch: same ? x : z, gain, epsilon }),
      dOutput: data,
    });
  await assertRejects(() => run([2, 4], true), TypeError, "residual and branch are one tensor");
  await assertRejects(() => run([1, 8], false), TypeError, "found shape [1,8], wanted [2,4]");
});
