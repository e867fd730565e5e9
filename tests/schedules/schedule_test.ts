import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  aboveFloor,
  cosineWave,
  progressAfterWarmup,
  withWarmup,
} from "../../src/schedules/schedule.ts";

Deno.test("withWarmup() hands over at the last step of the warmup", () => {
  const schedule = withWarmup(2, (step) => 10 * step);
  assertEquals([0, 1, 2, 3].map(schedule), [0, 1 / 2, 20, 30]);
});

Deno.test("withWarmup() of no length leaves the schedule as it is", () => {
  assertEquals([0, 1].map(withWarmup(0, (step) => step + 7)), [7, 8]);
});

Deno.test("progressAfterWarmup() goes from 0 at the warmup's end to 1 at the run's", () => {
  const span = { warmupSteps: 2, totalSteps: 6 };
  assertEquals([2, 3, 6, 10].map((step) => progressAfterWarmup(step, span)), [0, 1 / 4, 1, 2]);
});

Deno.test("progressAfterWarmup() counts one step where the run is all warmup", () => {
  const span = { warmupSteps: 6, totalSteps: 6 };
  assertEquals([6, 7].map((step) => progressAfterWarmup(step, span)), [0, 1]);
});

Deno.test("cosineWave() begins at 1 and goes through numCycles waves", () => {
  const cases: [progress: number, numCycles: number, height: number][] = [
    [0, 0.5, 1],
    [1 / 3, 0.5, 3 / 4],
    [1 / 2, 0.5, 1 / 2],
    [1, 0.5, 0],
    [4 / 3, 0.5, 1 / 4],
    [1 / 4, 1, 1 / 2],
    [1 / 2, 1, 0],
    [1, 1, 1],
  ];
  for (const [progress, numCycles, height] of cases) {
    assertAlmostEquals(cosineWave(progress, numCycles), height, 1e-15);
  }
});

Deno.test("aboveFloor() moves 0 to the floor, keeps 1 and gives nothing below 0", () => {
  assertEquals([0, 1 / 2, 1].map((height) => aboveFloor(height, 1 / 4)), [1 / 4, 5 / 8, 1]);
  assertEquals([0, 1 / 2, 1].map((height) => aboveFloor(height, -1)), [0, 0, 1]);
});
