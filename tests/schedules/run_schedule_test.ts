import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { followSteps } from "../../src/schedules/run_schedule.ts";

Deno.test("followSteps() gives the factors of the schedule, whatever metrics it is told", () => {
  const schedule = followSteps((step) => step / 8);
  assertEquals(schedule.followsMetric, false);
  assertEquals(schedule.factor(2), 1 / 4);
  schedule.observe(5);
  schedule.observe(NaN);
  assertEquals(schedule.factor(2), 1 / 4);
  assertEquals(schedule.factor(16), 2);
});

Deno.test("followSteps() keeps nothing and goes on from nothing", () => {
  const schedule = followSteps((step) => step);
  assertEquals(schedule.state(), {});
  schedule.restore({});
  assertEquals(schedule.factor(3), 3);
});

Deno.test("followSteps() refuses the state of another schedule", () => {
  assertThrows(
    () => followSteps((step) => step).restore({ best: 1 }),
    InputError,
    "Cannot restore a schedule that follows the steps alone from its kept state: found " +
      '"best", wanted no entries; resume with the schedule that the checkpoint was written with',
  );
});
