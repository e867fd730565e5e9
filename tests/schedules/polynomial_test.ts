import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { polynomial } from "../../src/schedules/polynomial.ts";

Deno.test("polynomial() falls in a straight line to 1e-7 by default", () => {
  const schedule = polynomial({ warmupSteps: 2, totalSteps: 6, learningRate: 1e-5 });
  assertEquals([0, 1, 2].map(schedule), [0, 1 / 2, 1]);
  assertAlmostEquals(schedule(3), 0.99 * 3 / 4 + 0.01, 1e-15);
  assertAlmostEquals(schedule(4), 0.99 / 2 + 0.01, 1e-15);
  assertAlmostEquals(schedule(6), 0.01, 1e-15);
});

Deno.test("polynomial() with power 2 falls along a parabola", () => {
  const schedule = polynomial({
    warmupSteps: 0,
    totalSteps: 4,
    learningRate: 1,
    lrEnd: 0,
    power: 2,
  });
  assertEquals([0, 1, 2, 3, 4].map(schedule), [1, 9 / 16, 4 / 16, 1 / 16, 0]);
});

Deno.test("polynomial() stays at lrEnd after the end", () => {
  const schedule = polynomial({ warmupSteps: 0, totalSteps: 4, learningRate: 2, lrEnd: 0.5 });
  assertEquals([4, 5, 100].map(schedule), [0.25, 0.25, 0.25]);
});

Deno.test("polynomial() that is all warmup reaches 1 and then lrEnd", () => {
  const schedule = polynomial({ warmupSteps: 5, totalSteps: 5, learningRate: 2, lrEnd: 0.5 });
  assertEquals([4, 5, 6].map(schedule), [4 / 5, 1, 0.25]);
});

Deno.test("polynomial() throws where lrEnd is not below the learning rate", () => {
  assertThrows(
    () => polynomial({ warmupSteps: 0, totalSteps: 4, learningRate: 0.5, lrEnd: 0.5 }),
    UsageError,
    "lr_end (0.5) must be smaller than initial lr (0.5)",
  );
});

Deno.test("polynomial() throws on a negative power", () => {
  assertThrows(
    () => polynomial({ warmupSteps: 0, totalSteps: 4, learningRate: 0.5, power: -1 }),
    UsageError,
    'Cannot create schedule "polynomial": power is -1; wanted a number of at least 0',
  );
});
