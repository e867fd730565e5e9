import { assertEquals, AssertionError, assertThrows } from "@std/assert";
import { assertClose, floatTolerance, relativeError } from "./assert_close.ts";

const exact = { op: "copy", absolute: 0, relative: 0 };

Deno.test("assertClose passes up to the tolerance and fails just above it", () => {
  assertClose([100.5], [100], { op: "sum", absolute: 0.25, relative: 0.0025 });
  assertThrows(
    () => assertClose([100.51], [100], { op: "sum", absolute: 0.25, relative: 0.0025 }),
    AssertionError,
    "sum: 1 of 1 values are off",
  );
});

Deno.test("assertClose takes the magnitude of a negative expected value", () => {
  assertClose([-99], [-100], { op: "sum", absolute: 0, relative: 0.01 });
});

Deno.test("assertClose fails on NaN, on either side and on both", () => {
  const loose = { op: "sum", absolute: 1e9, relative: 1e9 };
  for (const [actual, expected] of [[NaN, 1], [1, NaN], [NaN, NaN]]) {
    assertThrows(() => assertClose([actual], [expected], loose), AssertionError, "NaN");
  }
});

Deno.test("assertClose holds an infinity close to itself only", () => {
  const loose = { op: "sum", absolute: 1, relative: 1 };
  assertClose([Infinity, -Infinity], [Infinity, -Infinity], loose);
  for (const [actual, expected] of [[1, Infinity], [-Infinity, Infinity], [Infinity, 1]]) {
    assertThrows(() => assertClose([actual], [expected], loose), AssertionError);
  }
});

Deno.test("assertClose names the worst coordinates first, both values and the bias", () => {
  const expected = new Float64Array(12).fill(2);
  const actual = expected.slice();
  actual[1] = 2.5;
  actual[11] = 6;
  const error = assertThrows(
    () =>
      assertClose(actual, expected, {
        op: "gelu",
        case: "one tile",
        shape: [2, 3, 2],
        absolute: 0.125,
        relative: 0.0625,
      }),
    AssertionError,
  );
  assertEquals(error.message.split("\n"), [
    "gelu (one tile): 2 of 12 values are off; mean signed error 3.750e-1",
    "  [1, 2, 1]: found 6, wanted 2 +- 2.500e-1",
    "  [0, 0, 1]: found 2.5, wanted 2 +- 2.500e-1",
  ]);
});

Deno.test("assertClose shows NaN before any finite failure, and five failures at most", () => {
  const actual = [1, 2, 3, 4, 5, 6, NaN];
  const error = assertThrows(() => assertClose(actual, new Float64Array(7), exact), AssertionError);
  const lines = error.message.split("\n");
  assertEquals(lines.length, 6);
  assertEquals(lines[0], "copy: 7 of 7 values are off; mean signed error NaN");

  const mixed = assertThrows(
    () => assertClose([3, NaN], [1, 1], { op: "copy", absolute: 1, relative: 0 }),
    AssertionError,
  );
  assertEquals(mixed.message.split("\n")[1], "  [1]: found NaN, wanted 1 +- 1.000e+0");
});

Deno.test("assertClose fails on a different number of values", () => {
  assertThrows(
    () => assertClose([1, 2], [1], exact),
    AssertionError,
    "copy: found 2 values, wanted 1",
  );
});

Deno.test("assertClose refuses a comparison that cannot fail or makes no sense", () => {
  assertThrows(() => assertClose([], [], exact), RangeError, "found no values");
  assertThrows(() => assertClose([1], [1], { ...exact, shape: [2] }), RangeError, "shape [2]");
  for (const tolerance of [NaN, -1, Infinity]) {
    assertThrows(() => assertClose([1], [1], { ...exact, absolute: tolerance }), RangeError);
    assertThrows(() => assertClose([1], [1], { ...exact, relative: tolerance }), RangeError);
  }
});

Deno.test("floatTolerance grows with the square root of the number of terms", () => {
  assertEquals(floatTolerance(1), 2 ** -22);
  assertEquals(floatTolerance(256), 2 ** -18);
  assertEquals(floatTolerance(256, { c: 1 }), 2 ** -20);
  assertThrows(() => floatTolerance(0), RangeError);
  assertThrows(() => floatTolerance(NaN), RangeError);
});

Deno.test("floatTolerance covers f32 sums, and not by orders of magnitude", () => {
  const terms = 4096;
  let worst = 0;
  for (let trial = 0; trial < 20; trial++) {
    let single = 0;
    let double = 0;
    for (let i = 0; i < terms; i++) {
      const term = Math.fround(1 + Math.sin(trial * terms + i) / 2);
      single = Math.fround(single + term);
      double += term;
    }
    worst = Math.max(worst, Math.abs(single - double) / double);
  }
  assertEquals(worst < floatTolerance(terms), true);
  assertEquals(worst > floatTolerance(terms) / 100, true);
});

Deno.test("relativeError is a distance over the length of what was expected", () => {
  assertEquals(relativeError([3, 4], [0, 4]), 0.75);
  assertEquals(relativeError([0, 0], [0, 0]), 0);
  assertEquals(relativeError([1, 0], [0, 0]), Infinity);
  assertEquals(relativeError([NaN, 0], [1, 0]), NaN);
  assertThrows(() => relativeError([1], [1, 2]), RangeError);
});
