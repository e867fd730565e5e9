import { assertEquals } from "@std/assert";
import { linear } from "../../src/schedules/linear.ts";

Deno.test("linear() rises to 1 over the warmup and falls to 0 at the end", () => {
  const schedule = linear({ warmupSteps: 4, totalSteps: 12 });
  const expected: [step: number, factor: number][] = [
    [0, 0],
    [1, 1 / 4],
    [3, 3 / 4],
    [4, 1],
    [5, 7 / 8],
    [8, 1 / 2],
    [11, 1 / 8],
    [12, 0],
  ];
  for (const [step, factor] of expected) assertEquals(schedule(step), factor, `step ${step}`);
});

Deno.test("linear() without warmup starts at 1", () => {
  const schedule = linear({ warmupSteps: 0, totalSteps: 10 });
  assertEquals([0, 1, 9].map(schedule), [1, 9 / 10, 1 / 10]);
});

Deno.test("linear() stays at 0 after the end", () => {
  const schedule = linear({ warmupSteps: 2, totalSteps: 10 });
  assertEquals([11, 1000].map(schedule), [0, 0]);
});

Deno.test("linear() that is all warmup ends at 0", () => {
  const schedule = linear({ warmupSteps: 5, totalSteps: 5 });
  assertEquals([0, 4, 5, 6].map(schedule), [0, 4 / 5, 0, 0]);
});

Deno.test("linear() with a warmup longer than the run is still rising at its end", () => {
  const schedule = linear({ warmupSteps: 8, totalSteps: 4 });
  assertEquals([4, 7, 8].map(schedule), [4 / 8, 7 / 8, 0]);
});
