import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { createSchedule, scheduleNames } from "../../src/schedules/names.ts";

const span = { warmupSteps: 2, totalSteps: 10, learningRate: 1 };

/** Factors at the steps 0, 1, 2, 4 and 6 of a warmup of 2 in a run of 10. */
const factors: Record<string, number[]> = {
  linear: [0, 1 / 2, 1, 3 / 4, 1 / 2],
  cosine: [0, 1 / 2, 1, (1 + Math.SQRT1_2) / 2, 1 / 2],
  cosine_with_restarts: [0, 1 / 2, 1, (1 + Math.SQRT1_2) / 2, 1 / 2],
  polynomial: [0, 1 / 2, 1, (1 - 1e-7) * 3 / 4 + 1e-7, (1 - 1e-7) / 2 + 1e-7],
  constant: [1, 1, 1, 1, 1],
  constant_with_warmup: [0, 1 / 2, 1, 1, 1],
  inverse_sqrt: [0, 1 / 2, 1, Math.SQRT1_2, 1 / Math.sqrt(3)],
};

Deno.test("createSchedule() makes each of the seven schedules", () => {
  assertEquals(scheduleNames.length, 7);
  assertEquals([...scheduleNames], Object.keys(factors));
  for (const name of scheduleNames) {
    const schedule = createSchedule(name, span);
    const actual = [0, 1, 2, 4, 6].map((step) => rounded(schedule(step)));
    assertEquals(actual, factors[name].map(rounded), name);
  }
});

Deno.test("createSchedule() hands every keyword argument on", () => {
  const cases: [name: string, kwargs: Record<string, unknown>, step: number, factor: number][] = [
    ["cosine", { num_cycles: 1 }, 6, 0],
    ["cosine_with_restarts", { num_cycles: 2 }, 4, 1 / 2],
    ["polynomial", { lr_end: 0.5 }, 10, 1 / 2],
    ["polynomial", { lr_end: 0, power: 2 }, 6, 1 / 4],
    ["inverse_sqrt", { timescale: 8 / 3 }, 10, 1 / 2],
  ];
  for (const [name, kwargs, step, factor] of cases) {
    const schedule = createSchedule(name, { ...span, kwargs });
    assertEquals(rounded(schedule(step)), factor, `${name} ${JSON.stringify(kwargs)}`);
  }
});

Deno.test("createSchedule() reads null as the default", () => {
  const schedule = createSchedule("inverse_sqrt", { ...span, kwargs: { timescale: null } });
  assertEquals(schedule(8), 1 / 2);
});

Deno.test("createSchedule() refuses an unknown name", () => {
  assertThrows(
    () => createSchedule("cosin", span),
    UsageError,
    'Cannot create schedule "cosin": known are "linear", "cosine", "cosine_with_restarts", ' +
      '"polynomial", "constant", "constant_with_warmup", "inverse_sqrt"; the nearest is "cosine"',
  );
  assertThrows(() => createSchedule("toString", span), UsageError, '"toString": known are');
});

Deno.test("createSchedule() refuses an unknown keyword argument", () => {
  assertThrows(
    () => createSchedule("polynomial", { ...span, kwargs: { lr_ned: 0 } }),
    UsageError,
    'Cannot create schedule "polynomial": keyword argument "lr_ned" is unknown; it takes ' +
      '"lr_end", "power"; the nearest is "lr_end"',
  );
  assertThrows(
    () => createSchedule("constant", { ...span, kwargs: { power: 1 } }),
    UsageError,
    'Cannot create schedule "constant": keyword argument "power" is unknown; it takes none',
  );
});

Deno.test("createSchedule() refuses a keyword argument that is no finite number", () => {
  assertThrows(
    () => createSchedule("cosine", { ...span, kwargs: { num_cycles: "2" } }),
    UsageError,
    'Cannot create schedule "cosine": num_cycles is "2"; wanted a finite number',
  );
  assertThrows(
    () => createSchedule("cosine", { ...span, kwargs: { num_cycles: Infinity } }),
    UsageError,
    'Cannot create schedule "cosine": num_cycles is Infinity; wanted a finite number',
  );
});

Deno.test("createSchedule() refuses lengths that are no whole number of steps", () => {
  assertThrows(
    () => createSchedule("linear", { ...span, warmupSteps: 0.5 }),
    RangeError,
    "Cannot create a schedule: warmupSteps is 0.5; wanted an integer from 0",
  );
  assertThrows(
    () => createSchedule("linear", { ...span, totalSteps: -1 }),
    RangeError,
    "Cannot create a schedule: totalSteps is -1; wanted an integer from 0",
  );
});

function rounded(factor: number): number {
  return Number(factor.toFixed(14));
}
