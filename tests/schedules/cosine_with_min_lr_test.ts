import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { cosineWithMinLr } from "../../src/schedules/cosine_with_min_lr.ts";

Deno.test("cosineWithMinLr() rises from 0 to 1 and falls to the floor along half a wave", () => {
  const floor = 0.2;
  const schedule = cosineWithMinLr({
    warmupSteps: 2,
    totalSteps: 14,
    learningRate: 1,
    minLrRate: floor,
  });
  const expected: [step: number, factor: number][] = [
    [0, 0],
    [1, 1 / 2],
    [2, 1],
    [4, floor + 0.8 * (1 + Math.sqrt(3) / 2) / 2],
    [6, floor + 0.8 * 3 / 4],
    [8, floor + 0.8 / 2],
    [10, floor + 0.8 / 4],
    [14, floor],
    [18, floor + 0.8 / 4],
  ];
  for (const [step, factor] of expected) {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  }
});

Deno.test("cosineWithMinLr() takes the floor as a learning rate too", () => {
  const span = { warmupSteps: 0, totalSteps: 6, learningRate: 0.5 };
  const schedule = cosineWithMinLr({ ...span, minLr: 0.125 });
  const expected = [1, 0, 1 / 4 + 3 / 4 * 3 / 4, 1 / 4 + 3 / 4 / 2, 1 / 4 + 3 / 16];
  for (const step of [0, 2, 3, 4]) {
    assertAlmostEquals(schedule(step), expected[step], 1e-15, `step ${step}`);
  }
  assertAlmostEquals(schedule(6), 1 / 4, 1e-15);
});

Deno.test("cosineWithMinLr() goes through numCycles waves", () => {
  const span = { warmupSteps: 0, totalSteps: 4, learningRate: 1 };
  const schedule = cosineWithMinLr({ ...span, minLrRate: 0.5, numCycles: 1 });
  [1, 3 / 4, 1 / 2, 3 / 4, 1].forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  });
});

Deno.test("cosineWithMinLr() that is all warmup reaches 1 and the floor one step later", () => {
  const span = { warmupSteps: 5, totalSteps: 5, learningRate: 1 };
  const schedule = cosineWithMinLr({ ...span, minLrRate: 1 / 8 });
  assertEquals([4, 5, 6].map(schedule), [4 / 5, 1, 1 / 8]);
});

Deno.test("cosineWithMinLr() with a floor below 0 stays at 0 there", () => {
  const span = { warmupSteps: 0, totalSteps: 2, learningRate: 1 };
  const schedule = cosineWithMinLr({ ...span, minLrRate: -3 });
  assertEquals([0, 1, 2].map(schedule), [1, 0, 0]);
});

Deno.test("cosineWithMinLr() wants one floor", () => {
  const span = { warmupSteps: 0, totalSteps: 2, learningRate: 1 };
  assertThrows(() => cosineWithMinLr(span), UsageError, '"cosine_with_min_lr": found neither');
  assertThrows(
    () => cosineWithMinLr({ ...span, minLr: 0.5, minLrRate: 0.5 }),
    UsageError,
    "Only one of min_lr or min_lr_rate should be set",
  );
});
