import { assertEquals } from "@std/assert";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import { rowDistances, rowDistancesBackward } from "./row_distances.ts";

Deno.test("rowDistances of small rows", () => {
  const x = Float64Array.of(0, 0, 3, 4);
  assertEquals([...rowDistances(x, 2, "euclidean")], [0, 5, 5, 0]);
  assertEquals([...rowDistances(Float64Array.of(1, 0, 0.6, 0.8), 2, "cosine")], [0, 0.4, 0.4, 0]);
});

Deno.test("rowDistancesBackward agrees with central differences, and is 0 between equal rows", () => {
  const [B, C] = [5, 3];
  const [x, dD] = [normalValues(B * C, 1), normalValues(B * B, 2)];
  for (const distance of ["euclidean", "cosine"]) {
    const gradient = rowDistancesBackward(x, dD, { C, distance });
    gradientCheck((moved) => dot(rowDistances(moved, C, distance), dD), x, gradient);
  }
  const equal = rowDistancesBackward(Float64Array.of(1, 1), Float64Array.of(1, 1, 1, 1), {
    C: 1,
    distance: "euclidean",
  });
  assertEquals([...equal], [0, 0]);
});
