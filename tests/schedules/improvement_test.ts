import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { improvement } from "../../src/schedules/improvement.ts";

Deno.test("improvement() asks for a gain above the threshold in each pair of modes", () => {
  const cases: [mode: "min" | "max", kind: "rel" | "abs", best: number, edge: number][] = [
    ["min", "rel", 8, 6],
    ["min", "abs", 8, 7.75],
    ["max", "rel", 8, 10],
    ["max", "abs", 8, 8.25],
    ["min", "rel", -8, -6],
    ["max", "rel", -8, -10],
    ["min", "abs", -8, -8.25],
    ["max", "abs", -8, -7.75],
  ];
  for (const [mode, thresholdMode, best, edge] of cases) {
    const { isBetter } = improvement("x", { mode, threshold: 0.25, thresholdMode });
    const step = mode === "min" ? -0.01 : 0.01;
    const actual = [edge - step, edge, edge + step].map((metric) => isBetter(metric, best));
    assertEquals(actual, [false, false, true], `${mode} ${thresholdMode} ${best}`);
  }
});

Deno.test("improvement() finds every number better than the worst, and NaN never", () => {
  for (const mode of ["min", "max"] as const) {
    for (const thresholdMode of ["rel", "abs"] as const) {
      const { worst, isBetter } = improvement("x", { mode, threshold: 1e-4, thresholdMode });
      assertEquals(worst, mode === "min" ? Infinity : -Infinity);
      for (const metric of [-1e300, 0, 1e300]) assertEquals(isBetter(metric, worst), true);
      assertEquals(isBetter(worst, worst), false);
      assertEquals(isBetter(NaN, worst), false);
      assertEquals(isBetter(NaN, 1), false);
    }
  }
});

Deno.test("improvement() refuses unknown modes", () => {
  const good = { mode: "min", threshold: 0, thresholdMode: "abs" } as const;
  assertThrows(
    () => improvement("greedy", { ...good, mode: "maxi" as "max" }),
    UsageError,
    'Cannot create schedule "greedy": mode maxi is unknown! Set mode to "min" or "max"; the ' +
      'nearest is "max"',
  );
  assertThrows(
    () => improvement("greedy", { ...good, thresholdMode: "relative" as "rel" }),
    UsageError,
    'threshold mode relative is unknown! Set threshold_mode to "rel" or "abs"',
  );
});
