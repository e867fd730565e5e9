import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import { sliceColumns, sliceColumnsBackward } from "./slice_columns.ts";

Deno.test("sliceColumns takes a range of every row", () => {
  const x = Float64Array.of(1, 2, 3, 4, 5, 6);
  assertEquals(sliceColumns(x, { C: 3, first: 1, count: 2 }), Float64Array.of(2, 3, 5, 6));
});

Deno.test("sliceColumnsBackward agrees with central differences", () => {
  const slice = { C: 5, first: 2, count: 2 };
  const [x, dY] = [normalValues(15, 1), normalValues(6, 2)];
  gradientCheck((moved) => dot(sliceColumns(moved, slice), dY), x, sliceColumnsBackward(dY, slice));
});
