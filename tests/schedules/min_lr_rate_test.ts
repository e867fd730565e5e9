import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { minLrRate } from "../../src/schedules/min_lr_rate.ts";

Deno.test("minLrRate() takes a share as it is and a learning rate as a share of the base", () => {
  assertEquals(minLrRate("x", { learningRate: 0.5, minLrRate: 0.1 }), 0.1);
  assertEquals(minLrRate("x", { learningRate: 0.5, minLr: 0.125 }), 0.25);
  assertEquals(minLrRate("x", { learningRate: 0.5, minLr: 0 }), 0);
  assertEquals(minLrRate("x", { learningRate: 0, minLrRate: 0.1 }), 0.1);
});

Deno.test("minLrRate() refuses both, neither, and a share of nothing", () => {
  assertThrows(
    () => minLrRate("x", { learningRate: 1, minLr: 0, minLrRate: 0 }),
    UsageError,
    'Cannot create schedule "x": found min_lr 0 and min_lr_rate 0. Only one of min_lr or ' +
      "min_lr_rate should be set",
  );
  assertThrows(
    () => minLrRate("x", { learningRate: 1 }),
    UsageError,
    'Cannot create schedule "x": found neither min_lr nor min_lr_rate. One of min_lr or ' +
      "min_lr_rate should be set through the `lr_scheduler_kwargs`",
  );
  assertThrows(
    () => minLrRate("x", { learningRate: 0, minLr: 1e-6 }),
    UsageError,
    "min_lr is 0.000001 and the learning rate 0, of which it is no share; set min_lr_rate instead",
  );
});
