import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { compareRows, compareRowsBackward } from "./compare_rows.ts";
import { normalValues } from "./random_values.ts";

Deno.test("compareRows gives the measures of small rows", () => {
  const input = { a: Float64Array.of(3, 4), b: Float64Array.of(4, 3, -4, 3), C: 2, epsilon: 0 };
  const of = (measure: string) => [...compareRows({ ...input, measure })];
  assertEquals(of("dot"), [24, 0]);
  assertEquals(of("cosine"), [24 / 25, 0]);
  assertEquals(of("euclidean"), [Math.SQRT2, Math.sqrt(50)]);
  assertEquals(of("manhattan"), [2, 8]);
  // (3 + 4i) / (4 + 3i) = (24 + 7i) / 25, and (3 + 4i) / (-4 + 3i) = -i.
  assertClose(of("angle"), [31 / 25, 1], { op: "angle", absolute: 0, relative: 1e-15 });
  const shifted = compareRows({ ...input, measure: "cosine", factor: -1, shift: 1 });
  assertEquals([...shifted], [1 - 24 / 25, 1]);
});

Deno.test("compareRowsBackward agrees with central differences", () => {
  const C = 6;
  const [a, b, dY] = [normalValues(2 * C, 1), normalValues(6 * C, 2), normalValues(6, 3)];
  let seen = 0;
  for (const measure of ["cosine", "dot", "angle", "euclidean", "manhattan"]) {
    const input = { a, b, C, measure, epsilon: 1e-3, factor: -2, shift: 1 };
    const { dA, dB } = compareRowsBackward(input, dY);
    gradientCheck((moved) => dot(compareRows({ ...input, a: moved }), dY), a, dA);
    gradientCheck((moved) => dot(compareRows({ ...input, b: moved }), dY), b, dB);
    seen++;
  }
  assertEquals(seen, 5);
});

Deno.test("compareRowsBackward is 0 at a distance of 0, and takes short rows for constants", () => {
  const a = Float64Array.of(1, 2);
  for (const measure of ["euclidean", "manhattan"]) {
    const { dA, dB } = compareRowsBackward({ a, b: a, C: 2, measure, epsilon: 0 }, [1]);
    assertEquals([...dA, ...dB].map(Math.abs), [0, 0, 0, 0]);
  }
  const b = new Float64Array(2);
  const { dA, dB } = compareRowsBackward({ a, b, C: 2, measure: "cosine", epsilon: 0.5 }, [1]);
  assertEquals([...dA], [0, 0]);
  assertEquals(dB, a.map((value) => value / (Math.hypot(1, 2) * 0.5)));
});
