import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { linear, linearBackward } from "./linear.ts";
import { normalValues } from "./random_values.ts";

Deno.test("linear multiplies with the transposed weight and adds the bias", () => {
  const y = linear({
    x: Float64Array.of(1, 2, 3, 4),
    weight: Float64Array.of(1, 0, 0, 1, 1, 1),
    bias: Float64Array.of(0, 10, 20),
    T: 2,
    K: 2,
    N: 3,
  });
  assertEquals(y, Float64Array.of(1, 12, 23, 3, 14, 27));
});

Deno.test("linearBackward agrees with central differences", () => {
  const [T, K, N] = [4, 5, 3];
  const input = {
    x: normalValues(T * K, 1),
    weight: normalValues(N * K, 2),
    bias: normalValues(N, 3),
    T,
    K,
    N,
  };
  const dY = normalValues(T * N, 4);
  const { dX, dWeight, dBias } = linearBackward(input, dY);
  gradientCheck((x) => dot(linear({ ...input, x }), dY), input.x, dX);
  gradientCheck((weight) => dot(linear({ ...input, weight }), dY), input.weight, dWeight);
  gradientCheck((bias) => dot(linear({ ...input, bias }), dY), input.bias, dBias);
});
