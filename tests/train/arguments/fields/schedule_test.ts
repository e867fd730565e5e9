import { assertEquals } from "@std/assert";
import { type ScheduleName, scheduleNames } from "../../../../src/schedules/names.ts";
import {
  scheduleFields,
  type SchedulerType,
} from "../../../../src/train/arguments/fields/schedule.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("scheduleFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(scheduleFields), {
    lr_scheduler_type: "linear",
    lr_scheduler_kwargs: {},
    warmup_ratio: 0,
    warmup_steps: 0,
  });
});

Deno.test("scheduleFields take what is in range", () => {
  assertRange(scheduleFields.lr_scheduler_type, ["reduce_lr_on_plateau", "greedy"], ["step", null]);
  assertRange(scheduleFields.lr_scheduler_kwargs, [{}, { num_cycles: 2 }, null], [[], "{}"]);
  assertRange(scheduleFields.warmup_ratio, [0, 0.1, 1], [-0.1, 1.1]);
  assertRange(scheduleFields.warmup_steps, [0, 0.5, 100], [-1]);
});

Deno.test("scheduleFields say what is not honoured", () => {
  assertEquals(namesOf(scheduleFields, "refused"), []);
  assertEquals(namesOf(scheduleFields, "inert"), []);
  assertEquals(namesOf(scheduleFields, "alias"), []);
  assertEquals(namesOf(scheduleFields, "partly"), []);
});

Deno.test("scheduleFields know the schedules that there are, by type too", () => {
  const known: readonly SchedulerType[] = scheduleNames;
  const again: readonly ScheduleName[] = known;
  assertEquals(again.length, 12);
  assertRange(scheduleFields.lr_scheduler_type, [...again], []);
});

Deno.test("scheduleFields want warmup_steps to be whole, or a share below 1", () => {
  const check = (value: number) => scheduleFields.warmup_steps.check!(value);
  assertEquals([0, 0.1, 1, 100].map(check), Array(4).fill(null));
  assertEquals(check(1.5), "wanted a whole number of steps, or a share of all steps below 1");
  const sentence = scheduleFields.warmup_ratio.upstreamError!;
  assertEquals([sentence(2), sentence("2")], ["warmup_ratio must lie in range [0,1]", null]);
});
