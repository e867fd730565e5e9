import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { layerNorm, layerNormBackward } from "./layer_norm.ts";
import { normalValues } from "./random_values.ts";

Deno.test("layerNorm divides by the biased deviation of each row", () => {
  const y = layerNorm({
    x: Float64Array.of(1, 3, 10, 30),
    gain: Float64Array.of(2, 2),
    bias: Float64Array.of(0, 5),
    C: 2,
    eps: 0,
  });
  assertEquals(y, Float64Array.of(-2, 7, -2, 7));
});

Deno.test("layerNorm adds eps to the variance", () => {
  const y = layerNorm({
    x: Float64Array.of(-1, 1),
    gain: Float64Array.of(1, 1),
    bias: Float64Array.of(0, 0),
    C: 2,
    eps: 3,
  });
  assertClose(y, [-0.5, 0.5], { op: "layerNorm", absolute: 0, relative: 1e-15 });
});

Deno.test("layerNorm of a constant row is the bias", () => {
  const bias = Float64Array.of(1, 2, 3);
  const x = new Float64Array(3).fill(7);
  assertEquals(layerNorm({ x, gain: bias, bias, C: 3, eps: 1e-12 }), bias);
});

for (const eps of [1e-12, 0.1]) {
  Deno.test(`layerNormBackward agrees with central differences at eps ${eps}`, () => {
    const [T, C] = [3, 7];
    const input = {
      x: normalValues(T * C, 1),
      gain: normalValues(C, 2),
      bias: normalValues(C, 3),
      C,
      eps,
    };
    const dY = normalValues(T * C, 4);
    const { dX, dGain, dBias } = layerNormBackward(input, dY);
    gradientCheck((x) => dot(layerNorm({ ...input, x }), dY), input.x, dX);
    gradientCheck((gain) => dot(layerNorm({ ...input, gain }), dY), input.gain, dGain);
    gradientCheck((bias) => dot(layerNorm({ ...input, bias }), dY), input.bias, dBias);
  });
}
