import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { offDiagonalMoments, offDiagonalMomentsBackward } from "./off_diagonal_moments.ts";
import { normalValues } from "./random_values.ts";

const MOMENTS = { op: "moments", absolute: 0, relative: 1e-15 };

Deno.test("offDiagonalMoments leaves out what a row has with itself", () => {
  const x = Float64Array.of(1, 0, 0, 5, 3, 4);
  // Products are 0, 3 and 20, each twice.
  assertClose(offDiagonalMoments(x, 2), [23 / 3, 409 / 3], MOMENTS);
  assertEquals([...offDiagonalMoments(x.subarray(0, 2), 2)], [0, 0]);
});

Deno.test("offDiagonalMomentsBackward agrees with central differences", () => {
  const [x, dMoments] = [normalValues(5 * 3, 1), Float64Array.of(0.7, -1.3)];
  gradientCheck(
    (moved) => dot(offDiagonalMoments(moved, 3), dMoments),
    x,
    offDiagonalMomentsBackward(x, dMoments, 3),
  );
});
