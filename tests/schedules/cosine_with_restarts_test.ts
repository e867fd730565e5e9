import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cosineWithRestarts } from "../../src/schedules/cosine_with_restarts.ts";

Deno.test("cosineWithRestarts() falls once by default and stays at 0", () => {
  const schedule = cosineWithRestarts({ warmupSteps: 2, totalSteps: 8 });
  const expected = [0, 1 / 2, 1, (1 + Math.sqrt(3) / 2) / 2, 3 / 4, 1 / 2, 1 / 4];
  expected.forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  });
  assertEquals([8, 9, 100].map(schedule), [0, 0, 0]);
});

Deno.test("cosineWithRestarts() jumps back to 1 at each restart", () => {
  const schedule = cosineWithRestarts({ warmupSteps: 0, totalSteps: 8, numCycles: 2 });
  const fall = [1, (1 + Math.SQRT1_2) / 2, 1 / 2, (1 - Math.SQRT1_2) / 2];
  fall.forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
    assertAlmostEquals(schedule(4 + step), factor, 1e-15, `step ${4 + step}`);
  });
  assertEquals(schedule(8), 0);
});

Deno.test("cosineWithRestarts() that is all warmup reaches 1 and falls one step later", () => {
  const schedule = cosineWithRestarts({ warmupSteps: 5, totalSteps: 5 });
  assertEquals([4, 5, 6].map(schedule), [4 / 5, 1, 0]);
});
