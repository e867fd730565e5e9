import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { cosineWarmupWithMinLr } from "../../src/schedules/cosine_warmup_with_min_lr.ts";

Deno.test("cosineWarmupWithMinLr() is one step ahead in rise and fall", () => {
  const schedule = cosineWarmupWithMinLr({
    warmupSteps: 4,
    totalSteps: 10,
    learningRate: 0.5,
    minLr: 0.1,
  });
  const wave = [(1 + Math.sqrt(3) / 2) / 2, 3 / 4, 1 / 2, 1 / 4, (1 - Math.sqrt(3) / 2) / 2, 0];
  const expected = [1 / 4, 1 / 2, 3 / 4, 1, ...wave.map((height) => 0.2 + 0.8 * height)];
  assertEquals(expected.length, 10);
  expected.forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  });
  assertAlmostEquals(schedule(10), expected[8], 1e-15, "rises again after the end");
});

Deno.test("cosineWarmupWithMinLr() begins the warmup at warmupLrRate", () => {
  const span = { warmupSteps: 4, totalSteps: 10, learningRate: 1, minLrRate: 0 };
  const schedule = cosineWarmupWithMinLr({ ...span, warmupLrRate: 0.1 });
  [0.1, 0.4, 0.7, 1].forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  });
  const fromZero = cosineWarmupWithMinLr({ ...span, warmupLrRate: 0 });
  assertEquals([0, 3].map(fromZero), [0, 1]);
});

Deno.test("cosineWarmupWithMinLr() of one step of warmup begins at warmupLrRate, or at 1", () => {
  const span = { warmupSteps: 1, totalSteps: 3, learningRate: 1, minLrRate: 0 };
  assertEquals(cosineWarmupWithMinLr({ ...span, warmupLrRate: 0.25 })(0), 0.25);
  assertEquals(cosineWarmupWithMinLr(span)(0), 1);
  assertAlmostEquals(cosineWarmupWithMinLr(span)(1), 1 / 2, 1e-15);
});

Deno.test("cosineWarmupWithMinLr() without warmup falls from the first step on", () => {
  const span = { warmupSteps: 0, totalSteps: 4, learningRate: 1, minLrRate: 1 / 2 };
  const schedule = cosineWarmupWithMinLr({ ...span, numCycles: 1, warmupLrRate: 0.1 });
  [3 / 4, 1 / 2, 3 / 4, 1].forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `step ${step}`);
  });
});

Deno.test("cosineWarmupWithMinLr() that is all warmup is at the floor one step later", () => {
  const span = { warmupSteps: 5, totalSteps: 5, learningRate: 1, minLrRate: 1 / 8 };
  assertEquals([0, 3, 4, 5].map(cosineWarmupWithMinLr(span)), [1 / 5, 4 / 5, 1, 1 / 8]);
});

Deno.test("cosineWarmupWithMinLr() wants one floor", () => {
  const span = { warmupSteps: 0, totalSteps: 2, learningRate: 1 };
  assertThrows(
    () => cosineWarmupWithMinLr({ ...span, warmupLrRate: 0.5 }),
    UsageError,
    'Cannot create schedule "cosine_warmup_with_min_lr": found neither',
  );
});
