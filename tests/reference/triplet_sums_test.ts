import { assertEquals } from "@std/assert";
import { gradientCheck } from "../support/gradient_check.ts";
import { uniformValues } from "./random_values.ts";
import { tripletSums, tripletSumsBackward } from "./triplet_sums.ts";

// deno-fmt-ignore
const ALL = Float64Array.of(
  0, 3, 1, 5,
  3, 0, 2, 9,
  1, 2, 0, 4,
  5, 9, 4, 0,
);

Deno.test("tripletSums over all triplets averages those above 0", () => {
  const input = { all: ALL, labels: [0, 0, 1, 1], triplets: "all", margin: 1 };
  // Of rows 0 to 3: 3-1, 3-5; 3-2, 3-9; 4-1, 4-2; 4-5, 4-9, each and 1.
  assertEquals(tripletSums(input), (3 + 2 + 4 + 3) / 4);
  assertEquals(tripletSums({ ...input, labels: [0, 0, 0, 0] }), 0);
  assertEquals(tripletSums({ ...input, labels: [0, 1, 2, 3] }), 0);
});

Deno.test("tripletSums over semi-hard triplets takes the next farther negative, or the farthest", () => {
  const input = { all: ALL, labels: [0, 0, 1, 1], triplets: "semi_hard", margin: 3 };
  // Row 0: 3 and 5; row 1: 3 and 9; row 2: 4 and none farther, 2; row 3: 4 and 5.
  assertEquals(tripletSums(input), (1 + 0 + 5 + 2) / 4);
  // Without negatives the distance itself and the margin.
  assertEquals(tripletSums({ ...input, labels: [2, 2, 2, 2] }), 3 + 48 / 12);
  assertEquals(tripletSums({ ...input, labels: [0, 1, 2, 3] }), 0);
});

Deno.test("tripletSumsBackward agrees with central differences", () => {
  const all = uniformValues(49, 1, { low: 0.1, high: 2 });
  for (const labels of [[0, 1, 0, 1, 1, 2, 0], [3, 3, 3, 3, 3, 3, 3]]) {
    for (const triplets of ["all", "semi_hard"]) {
      const input = { all, labels, triplets, margin: 0.5 };
      gradientCheck(
        (moved) => 0.7 * tripletSums({ ...input, all: moved }),
        all,
        tripletSumsBackward(input, 0.7),
      );
    }
  }
});
