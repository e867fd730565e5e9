import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cosine } from "../../src/schedules/cosine.ts";

Deno.test("cosine() rises to 1 over the warmup and falls to 0 along half a wave", () => {
  const schedule = cosine({ warmupSteps: 2, totalSteps: 14 });
  const expected: [step: number, factor: number][] = [
    [0, 0],
    [1, 1 / 2],
    [2, 1],
    [4, (1 + Math.sqrt(3) / 2) / 2],
    [5, (1 + Math.SQRT1_2) / 2],
    [6, 3 / 4],
    [8, 1 / 2],
    [10, 1 / 4],
    [14, 0],
  ];
  for (const [step, factor] of expected) {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  }
});

Deno.test("cosine() goes through numCycles waves", () => {
  const schedule = cosine({ warmupSteps: 0, totalSteps: 8, numCycles: 1 });
  const expected = [1, (1 + Math.SQRT1_2) / 2, 1 / 2, (1 - Math.SQRT1_2) / 2, 0];
  expected.forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
    assertAlmostEquals(schedule(8 - step), factor, 1e-15, `step ${8 - step}`);
  });
});

Deno.test("cosine() rises again after the end, as the wave goes on", () => {
  const schedule = cosine({ warmupSteps: 0, totalSteps: 6 });
  assertAlmostEquals(schedule(8), 1 / 4, 1e-15);
  assertAlmostEquals(schedule(12), 1, 1e-15);
});

Deno.test("cosine() that is all warmup reaches 1 and falls one step later", () => {
  const schedule = cosine({ warmupSteps: 5, totalSteps: 5 });
  assertEquals([4, 5, 6].map(schedule), [4 / 5, 1, 0]);
});
