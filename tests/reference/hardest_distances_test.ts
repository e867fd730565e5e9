import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { hardestDistances, hardestDistancesBackward } from "./hardest_distances.ts";
import { uniformValues } from "./random_values.ts";

Deno.test("hardestDistances chooses by class", () => {
  // deno-fmt-ignore
  const all = Float64Array.of(
    0, 2, 5, 3,
    2, 0, 4, 1,
    5, 4, 0, 6,
    3, 1, 6, 0,
  );
  const mixed = hardestDistances(all, [7, 7, 7, 1]);
  assertEquals([...mixed.distances], [5, 4, 5, 0, 3, 1, 6, 1]);
  assertEquals([...mixed.columns], [2, 2, 0, -1, 3, 3, 3, 1]);
  const equal = hardestDistances(all, [1, 1, 1, 1]);
  assertEquals(equal.distances.slice(0, 4), equal.distances.slice(4));
});

Deno.test("hardestDistancesBackward agrees with central differences", () => {
  const all = uniformValues(36, 1, { low: 0.1, high: 2 });
  const labels = [0, 1, 0, 1, 1, 2];
  const weights = uniformValues(12, 2);
  gradientCheck(
    (moved) => dot(hardestDistances(moved, labels).distances, weights),
    all,
    hardestDistancesBackward(hardestDistances(all, labels), weights),
  );
});
