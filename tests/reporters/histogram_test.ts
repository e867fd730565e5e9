import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { histogramOf } from "../../src/reporters/histogram.ts";

Deno.test("histogramOf() counts numbers between rising limits, and sums them", () => {
  const values = Float32Array.from([1, 1.1, -2, 0, -0, NaN, Infinity, 100, 1e-40]);
  const { min, max, count, sum, sumOfSquares, limits, counts } = histogramOf(values);
  assertEquals([min, max, count], [-2, 100, 7]);
  assertAlmostEquals(sum, 100.1, 1e-5);
  assertAlmostEquals(sumOfSquares, 10_006.21, 1e-2);
  assertEquals(limits, [...limits].sort((a, b) => a - b));
  assertEquals([limits.length, new Set(limits).size], [counts.length, counts.length]);
  assertEquals(counts.reduce((a, b) => a + b), 7);
  // [-2.5, -2] has one, [1, 1.25] two, [96, 112] one.
  const at = (limit: number) => counts[limits.indexOf(limit)];
  assertEquals([at(-2), at(1.25), at(112)], [1, 2, 1]);
});

Deno.test("histogramOf() agrees with plain counting between its limits", () => {
  const values = Float32Array.from(
    { length: 5000 },
    (_, i) => Math.tan(i * 1.7) * 10 ** (i % 9 - 4),
  );
  const { limits, counts } = histogramOf(values);
  assert(limits.length > 100, `${limits.length}`);
  let counted = 0;
  limits.forEach((limit, i) => {
    const low = limits[i - 1] ?? -Infinity;
    // A number at an edge belongs to the bucket that is further from zero.
    const within = values.filter((value) =>
      value < 0 ? value > low && value <= limit : value >= low && value < limit
    );
    assertEquals(counts[i], within.length, `${low} to ${limit}`);
    counted += within.length;
  });
  assertEquals(counted, values.length);
});

Deno.test("histogramOf() of nothing is empty", () => {
  const { count, limits, counts } = histogramOf(Float32Array.from([NaN]));
  assertEquals([count, limits, counts], [0, [], []]);
  assertEquals(histogramOf(new Float32Array(3)).counts.reduce((a, b) => a + b), 3);
});
