import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { dropout, dropoutBackward } from "./dropout.ts";
import { normalValues } from "./random_values.ts";

const keep = (row: number, column: number) => row !== column;

Deno.test("dropout zeroes by row and column and scales up the others", () => {
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);
  assertEquals(dropout({ x, C: 3, p: 0.5, keep }), Float64Array.of(0, 4, 6, 8, 0, 12));
});

Deno.test("dropoutBackward agrees with central differences", () => {
  const input = { x: normalValues(20, 1), C: 4, p: 0.3, keep };
  const dY = normalValues(20, 2);
  gradientCheck((x) => dot(dropout({ ...input, x }), dY), input.x, dropoutBackward(input, dY));
});
