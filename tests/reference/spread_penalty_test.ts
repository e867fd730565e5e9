import { assertEquals } from "@std/assert";
import { gradientCheck } from "../support/gradient_check.ts";
import { spreadPenalty, spreadPenaltyBackward } from "./spread_penalty.ts";

Deno.test("spreadPenalty squares the mean, and lets second moments up to the threshold be", () => {
  const moments = Float64Array.of(-0.5, 0.25);
  assertEquals(spreadPenalty(moments, { term: "mean", threshold: 9 }), 0.25);
  assertEquals(spreadPenalty(moments, { term: "second moment", threshold: 0.125 }), 0.125);
  assertEquals(spreadPenalty(moments, { term: "second moment", threshold: 0.5 }), 0);
});

for (const term of ["mean", "second moment"] as const) {
  for (const threshold of [0.1, 0.9]) {
    Deno.test(`spreadPenaltyBackward agrees with central differences, ${term} over ${threshold}`, () => {
      const moments = Float64Array.of(-0.3, 0.4);
      const options = { term, threshold };
      gradientCheck(
        (moved) => 1.5 * spreadPenalty(moved, options),
        moments,
        spreadPenaltyBackward(moments, options, 1.5),
      );
    });
  }
}
