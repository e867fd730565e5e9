import { assert, assertEquals, AssertionError, assertThrows } from "@std/assert";
import { dot, gradientCheck } from "./gradient_check.ts";

const point = Float64Array.from({ length: 8 }, (_, index) => Math.cos(index));

function sumOfCubes(x: Float64Array): number {
  return x.reduce((sum, value) => sum + value ** 3, 0);
}

function sumOfCubesBackward(x: Float64Array): Float64Array {
  return x.map((value) => 3 * value ** 2);
}

Deno.test("gradientCheck accepts the gradient and leaves the point as it was", () => {
  const before = point.slice();
  gradientCheck(sumOfCubes, point, sumOfCubesBackward(point));
  assertEquals(point, before);
});

Deno.test("gradientCheck names the worst coordinate of a wrong gradient", () => {
  const analytic = sumOfCubesBackward(point);
  analytic[2] += 1e-6;
  analytic[5] += 4e-6;
  const error = assertThrows(() => gradientCheck(sumOfCubes, point, analytic), AssertionError);
  assert(error.message.startsWith("Gradient is wrong, worst at coordinate 5 of 8 (8 measured)"));
});

Deno.test("gradientCheck fails on a missing factor, a NaN and a gradient of nothing", () => {
  const half = sumOfCubesBackward(point).map((value) => value / 2);
  assertThrows(() => gradientCheck(sumOfCubes, point, half), AssertionError);
  assertThrows(() => gradientCheck(sumOfCubes, point, half.fill(0)), AssertionError);
  assertThrows(() => gradientCheck(() => 1, point, point), AssertionError);
  const broken = sumOfCubesBackward(point);
  broken[3] = NaN;
  assertThrows(() => gradientCheck(sumOfCubes, point, broken), AssertionError, "coordinate 3");
  assertThrows(() => gradientCheck(() => NaN, point, point), AssertionError, "NaN");
});

Deno.test("gradientCheck does not take the rounding of a constant for a gradient", () => {
  const noisy = (x: Float64Array) => (1e3 + x[0]) - x[0];
  gradientCheck(noisy, point, new Float64Array(8));
});

Deno.test("gradientCheck measures a selection of a large point, the same every time", () => {
  const large = new Float64Array(10_000).fill(0.5);
  const measured: Set<number>[] = [new Set(), new Set()];
  for (const seen of measured) {
    const f = (x: Float64Array) => {
      x.forEach((value, index) => value !== 0.5 && seen.add(index));
      return dot(x, large);
    };
    gradientCheck(f, large, large.slice(), { samples: 40 });
  }
  assertEquals(measured[0].size, 40);
  assertEquals(measured[0], measured[1]);
  assertEquals(new Set([...measured[0]].map((index) => index % 4)).size, 4);
});

Deno.test("gradientCheck refuses an empty point and a gradient of another length", () => {
  assertThrows(
    () => gradientCheck(() => 0, new Float64Array(0), new Float64Array(0)),
    RangeError,
  );
  assertThrows(() => gradientCheck(sumOfCubes, point, new Float64Array(3)), RangeError);
});

Deno.test("dot sums products", () => {
  assertEquals(dot(Float64Array.of(1, 2, 3), Float64Array.of(4, 5, 6)), 32);
});
