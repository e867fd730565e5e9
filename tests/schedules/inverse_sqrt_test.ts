import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { inverseSqrt } from "../../src/schedules/inverse_sqrt.ts";

Deno.test("inverseSqrt() takes the warmup's length as its time scale", () => {
  const schedule = inverseSqrt({ warmupSteps: 4 });
  assertEquals([0, 2, 4, 16, 36, 64].map(schedule), [0, 1 / 2, 1, 1 / 2, 1 / 3, 1 / 4]);
});

Deno.test("inverseSqrt() without warmup takes a time scale of 10,000", () => {
  const schedule = inverseSqrt({ warmupSteps: 0 });
  assertEquals([0, 30_000, 80_000].map(schedule), [1, 1 / 2, 1 / 3]);
});

Deno.test("inverseSqrt() counts a given time scale from the end of the warmup", () => {
  const schedule = inverseSqrt({ warmupSteps: 2, timescale: 8 });
  assertEquals([0, 1, 2, 26, 66].map(schedule), [0, 1 / 2, 1, 1 / 2, 1 / 3]);
});

Deno.test("inverseSqrt() throws on a time scale that is not above 0", () => {
  assertThrows(
    () => inverseSqrt({ warmupSteps: 2, timescale: 0 }),
    UsageError,
    'Cannot create schedule "inverse_sqrt": timescale is 0; wanted a number above 0',
  );
});
