import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { type KwargsSpec, readKwargs } from "../../src/schedules/read_kwargs.ts";

const spec: KwargsSpec = {
  kwargs: { lr_end: "number", num_decay_steps: "integer", decay_type: "string", smooth: "boolean" },
  required: ["num_decay_steps"],
};

Deno.test("readKwargs() gives each kind of setting its name in camelCase", () => {
  const given = { lr_end: -0.5, num_decay_steps: 3, decay_type: "linear", smooth: false };
  assertEquals(readKwargs("x", given, spec), {
    lrEnd: -0.5,
    numDecaySteps: 3,
    decayType: "linear",
    smooth: false,
  });
});

Deno.test("readKwargs() leaves out what is null", () => {
  const given = { lr_end: null, num_decay_steps: 0 };
  assertEquals(readKwargs("x", given, spec), { numDecaySteps: 0 });
});

Deno.test("readKwargs() refuses a setting of another type", () => {
  const cases: [key: string, value: unknown, reason: string][] = [
    ["lr_end", "2", 'lr_end is "2"; wanted a finite number'],
    ["lr_end", NaN, "lr_end is NaN; wanted a finite number"],
    ["lr_end", -Infinity, "lr_end is -Infinity; wanted a finite number"],
    ["lr_end", [1, 2], "lr_end is [1,2]; wanted a finite number"],
    ["num_decay_steps", 0.5, "num_decay_steps is 0.5; wanted an integer from 0"],
    ["num_decay_steps", -1, "num_decay_steps is -1; wanted an integer from 0"],
    ["num_decay_steps", true, "num_decay_steps is true; wanted an integer from 0"],
    ["decay_type", 1, "decay_type is 1; wanted a text"],
    ["smooth", "true", 'smooth is "true"; wanted true or false'],
    ["smooth", undefined, "smooth is undefined; wanted true or false"],
  ];
  for (const [key, value, reason] of cases) {
    assertThrows(
      () => readKwargs("x", { num_decay_steps: 1, [key]: value }, spec),
      UsageError,
      `Cannot create schedule "x": ${reason}`,
    );
  }
});

Deno.test("readKwargs() refuses an unknown setting and names the nearest", () => {
  assertThrows(
    () => readKwargs("x", { decay_tpye: "linear" }, spec),
    UsageError,
    'Cannot create schedule "x": keyword argument "decay_tpye" is unknown; it takes "lr_end", ' +
      '"num_decay_steps", "decay_type", "smooth"; the nearest is "decay_type"',
  );
  assertThrows(
    () => readKwargs("x", { toString: 1 }, { kwargs: {}, required: [] }),
    UsageError,
    'keyword argument "toString" is unknown; it takes none',
  );
});

Deno.test("readKwargs() refuses to do without a required setting, and null is none", () => {
  for (const given of [{}, { num_decay_steps: null }]) {
    assertThrows(
      () => readKwargs("x", given, spec),
      UsageError,
      'Cannot create schedule "x": num_decay_steps is missing; wanted an integer from 0; set it ' +
        "in lr_scheduler_kwargs",
    );
  }
});
