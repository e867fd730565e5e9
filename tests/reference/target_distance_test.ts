import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { normalValues } from "./random_values.ts";
import { targetDistance, targetDistanceBackward } from "./target_distance.ts";

const METRICS = ["mse", "l2", "cosine"] as const;

Deno.test("targetDistance equals torch's distances", () => {
  // torch 1.13, float64: mse_loss, norm and 1 - cosine_similarity of each row.
  const x = Float64Array.of(0.5, -1, 2, 3, 0.25, -0.75);
  const targets = Float64Array.of(1, 0, -2, 0.5, 4, 2.5);
  const torch = {
    mse: [5.75, 10.291666666666666],
    l2: [4.153311931459037, 5.5565276927232174],
    cosine: [1.6831300510639733, 0.9575294007135312],
  };
  for (const metric of METRICS) {
    const terms = targetDistance({ x, targets, B: 2, G: 3, metric });
    assertClose(terms, torch[metric], { op: metric, absolute: 0, relative: 1e-13 });
  }
});

Deno.test("targetDistance gives blocks of rows one target, or a part of it each", () => {
  const x = Float64Array.of(1, 2, 3, 4);
  const shared = { x, targets: Float64Array.of(0, 1), B: 2, G: 1, metric: "mse" } as const;
  assertEquals([...targetDistance(shared)], [1, 1, 9, 9]);
  const apart = { ...shared, targets: Float64Array.of(1, 5, 2, 6) };
  assertEquals([...targetDistance(apart)], [0, 0, 4, 4]);
});

Deno.test("targetDistanceBackward is 0 where the Euclidean distance is", () => {
  const input = { x: Float64Array.of(1, 2), targets: Float64Array.of(1, 2), B: 1, G: 2 };
  const dX = targetDistanceBackward({ ...input, metric: "l2" }, Float64Array.of(1));
  assertEquals([...dX], [0, 0]);
});

Deno.test("targetDistance takes lengths below 1e-8 for 1e-8 under the cosine", () => {
  const input = { x: new Float64Array(2), targets: Float64Array.of(3, 4), B: 1, G: 2 };
  assertEquals([...targetDistance({ ...input, metric: "cosine" })], [1]);
  const dX = targetDistanceBackward({ ...input, metric: "cosine" }, Float64Array.of(1));
  assertClose(dX, [-0.6e8, -0.8e8], { op: "dX", absolute: 0, relative: 1e-15 });
});

for (const metric of METRICS) {
  for (const W of [3, 6]) {
    Deno.test(`targetDistanceBackward agrees with central differences, ${metric}, targets of ${W}`, () => {
      const [x, dTerms] = [normalValues(2 * 4 * 3, 1), normalValues(8, 2)];
      const input = { targets: normalValues(4 * W, 3), B: 4, G: 3, metric };
      gradientCheck(
        (moved) => dot(targetDistance({ ...input, x: moved }), dTerms),
        x,
        targetDistanceBackward({ ...input, x }, dTerms),
      );
    });
  }
}
