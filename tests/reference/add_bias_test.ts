import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { addBias, addBiasBackward } from "./add_bias.ts";
import { normalValues } from "./random_values.ts";

Deno.test("addBias adds to every row", () => {
  const y = addBias(Float64Array.of(1, 2, 3, 4), Float64Array.of(10, 20));
  assertEquals(y, Float64Array.of(11, 22, 13, 24));
});

Deno.test("addBiasBackward agrees with central differences", () => {
  const [x, bias, dY] = [normalValues(12, 1), normalValues(3, 2), normalValues(12, 3)];
  const { dX, dBias } = addBiasBackward(dY, 3);
  gradientCheck((moved) => dot(addBias(moved, bias), dY), x, dX);
  gradientCheck((moved) => dot(addBias(x, moved), dY), bias, dBias);
});
