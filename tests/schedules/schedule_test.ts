import { assertEquals } from "@std/assert";
import { progressAfterWarmup, withWarmup } from "../../src/schedules/schedule.ts";

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
