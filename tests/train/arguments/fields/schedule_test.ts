import { assertEquals } from "@std/assert";
import { scheduleFields } from "../../../../src/train/arguments/fields/schedule.ts";
import { assertRange, defaultsOf, honouredOf, namesOf } from "./records.ts";

Deno.test("scheduleFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(scheduleFields), {
    lr_scheduler_type: "linear",
    lr_scheduler_kwargs: {},
    warmup_ratio: 0,
    warmup_steps: 0,
  });
});

Deno.test("scheduleFields take what is in range", () => {
  assertRange(scheduleFields.lr_scheduler_type, ["reduce_lr_on_plateau"], ["step", null]);
  assertRange(scheduleFields.lr_scheduler_kwargs, [{}, { num_cycles: 2 }, null], [[], "{}"]);
  assertRange(scheduleFields.warmup_ratio, [0, 0.1, 1], [-0.1, 1.1]);
  assertRange(scheduleFields.warmup_steps, [0, 100], [-1, 0.5]);
});

Deno.test("scheduleFields say what is not honoured", () => {
  assertEquals(namesOf(scheduleFields, "refused"), []);
  assertEquals(namesOf(scheduleFields, "inert"), []);
  assertEquals(namesOf(scheduleFields, "alias"), []);
  assertEquals(namesOf(scheduleFields, "partly"), ["lr_scheduler_type"]);
  assertEquals(honouredOf(scheduleFields.lr_scheduler_type), [
    "linear",
    "cosine",
    "cosine_with_restarts",
    "polynomial",
    "constant",
    "constant_with_warmup",
    "inverse_sqrt",
  ]);
});
