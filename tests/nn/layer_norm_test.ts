import { assertEquals } from "@std/assert";
import type { ParameterInit } from "../../src/gpu/parameter_slab.ts";
import { LayerNorm } from "../../src/nn/layer_norm.ts";
import { layerNorm, layerNormBackward } from "../reference/layer_norm.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("LayerNorm scales by its weight and shifts by its bias", async () => {
  const [T, C, eps] = [5, 12, 1e-3];
  const [x, dOutput] = [normalValues(T * C, 1), normalValues(T * C, 2)];
  const [gain, bias] = [normalValues(C, 3), normalValues(C, 4)];
  const declared: ParameterInit[] = [];
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: {
      x: { shape: [T, C], data: x },
      "norm.weight": { shape: [C], data: gain, parameter: true },
      "norm.bias": { shape: [C], data: bias, parameter: true },
    },
    forward: (tape, tensors) => {
      declared.length = 0;
      const norm = new LayerNorm(givenParameters(tensors, declared), "norm", C, eps);
      return norm.forward(tape, tensors.x);
    },
    dOutput,
  });
  const relative = floatTolerance(C + T);
  const tolerance = { absolute: 16 * relative, relative };
  assertClose(y, layerNorm({ x, gain, bias, C, eps }), { op: "LayerNorm", ...tolerance });
  const { dX, dGain, dBias } = layerNormBackward({ x, gain, bias, C, eps }, dOutput);
  assertClose(gradients.x, dX, { op: "LayerNorm dX", ...tolerance });
  assertClose(gradients["norm.weight"], dGain, { op: "LayerNorm dWeight", ...tolerance });
  assertClose(gradients["norm.bias"], dBias, { op: "LayerNorm dBias", ...tolerance });

  assertEquals(declared.length, 2);
  for (const { parts: [part], decay, initialize } of declared) {
    assertEquals(decay, false);
    assertEquals(part.shape, [C]);
    const initial = part.name === "norm.weight" ? 1 : 0;
    assertEquals(initialize(part), new Float32Array(C).fill(initial));
  }
});

Deno.test("LayerNorm without a bias declares and adds none", async () => {
  const [T, C, eps] = [70, 12, 1e-3];
  const [x, dOutput, gain] = [normalValues(T * C, 1), normalValues(T * C, 2), normalValues(C, 3)];
  const declared: ParameterInit[] = [];
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: {
      x: { shape: [T, C], data: x },
      "norm.weight": { shape: [C], data: gain, parameter: true },
    },
    forward: (tape, tensors) => {
      declared.length = 0;
      const norm = new LayerNorm(givenParameters(tensors, declared), "norm", C, eps, false);
      return norm.forward(tape, tensors.x);
    },
    dOutput,
  });
  assertEquals(declared.length, 1);
  const relative = floatTolerance(C + T);
  const tolerance = { absolute: 16 * relative, relative };
  const input = { x, gain, bias: new Float64Array(C), C, eps };
  assertClose(y, layerNorm(input), { op: "LayerNorm", ...tolerance });
  const { dX, dGain } = layerNormBackward(input, dOutput);
  assertClose(gradients.x, dX, { op: "LayerNorm dX", ...tolerance });
  assertClose(gradients["norm.weight"], dGain, { op: "LayerNorm dWeight", ...tolerance });
});
