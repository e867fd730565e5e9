import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  createSchedule,
  type ScheduleName,
  scheduleNames,
  schedules,
} from "../../src/schedules/names.ts";

const span = { warmupSteps: 2, totalSteps: 10, learningRate: 1 };

/** What the schedules cannot do without. */
const requiredKwargs: Record<string, Record<string, unknown>> = {
  cosine_with_min_lr: { min_lr_rate: 0.5 },
  cosine_warmup_with_min_lr: { min_lr: 0.5 },
  warmup_stable_decay: { num_decay_steps: 6, decay_type: "linear" },
};

/** Factors at the steps 0, 1, 2, 4 and 6 of a warmup of 2 in a run of 10. */
const factors: Record<string, number[]> = {
  linear: [0, 1 / 2, 1, 3 / 4, 1 / 2],
  cosine: [0, 1 / 2, 1, (1 + Math.SQRT1_2) / 2, 1 / 2],
  cosine_with_restarts: [0, 1 / 2, 1, (1 + Math.SQRT1_2) / 2, 1 / 2],
  polynomial: [0, 1 / 2, 1, (1 - 1e-7) * 3 / 4 + 1e-7, (1 - 1e-7) / 2 + 1e-7],
  constant: [1, 1, 1, 1, 1],
  constant_with_warmup: [0, 1 / 2, 1, 1, 1],
  inverse_sqrt: [0, 1 / 2, 1, Math.SQRT1_2, 1 / Math.sqrt(3)],
  reduce_lr_on_plateau: [1, 1, 1, 1, 1],
  cosine_with_min_lr: [0, 1 / 2, 1, 1 / 2 + (1 + Math.SQRT1_2) / 4, 3 / 4],
  cosine_warmup_with_min_lr: [
    1 / 2,
    1,
    ...[1, 3, 5].map((eighth) => 3 / 4 + Math.cos(Math.PI * eighth / 8) / 4),
  ],
  warmup_stable_decay: [0, 1 / 2, 1, 1, 2 / 3],
  greedy: [1, 1, 1, 1, 1],
};

Deno.test("createSchedule() makes each of the twelve schedules", () => {
  assertEquals(scheduleNames.length, 12);
  assertEquals([...scheduleNames], Object.keys(factors));
  for (const name of scheduleNames) {
    const schedule = createSchedule(name, { ...span, kwargs: requiredKwargs[name] });
    const actual = [0, 1, 2, 4, 6].map((step) => rounded(schedule.factor(step)));
    assertEquals(actual, factors[name].map(rounded), name);
    assertEquals(schedule.followsMetric, ["reduce_lr_on_plateau", "greedy"].includes(name), name);
    schedule.restore(schedule.state());
  }
});

Deno.test("createSchedule() hands every keyword argument of pure schedules on", () => {
  const cases: [name: string, kwargs: Record<string, unknown>, step: number, factor: number][] = [
    ["cosine", { num_cycles: 1 }, 6, 0],
    ["cosine_with_restarts", { num_cycles: 2 }, 4, 1 / 2],
    ["polynomial", { lr_end: 0.5 }, 10, 1 / 2],
    ["polynomial", { lr_end: 0, power: 2 }, 6, 1 / 4],
    ["inverse_sqrt", { timescale: 8 / 3 }, 10, 1 / 2],
    ["cosine_with_min_lr", { min_lr: 0.2 }, 10, 0.2],
    ["cosine_with_min_lr", { min_lr_rate: 0.3, num_cycles: 1 }, 6, 0.3],
    ["cosine_warmup_with_min_lr", { min_lr: 0.2 }, 9, 0.2],
    ["cosine_warmup_with_min_lr", { min_lr_rate: 0.3, num_cycles: 1 }, 5, 0.3],
    ["cosine_warmup_with_min_lr", { min_lr_rate: 0, warmup_lr_rate: 0.7 }, 0, 0.7],
    ["warmup_stable_decay", { num_decay_steps: 2 }, 9, 1 / 2],
    ["warmup_stable_decay", { num_decay_steps: 2, num_stable_steps: 1 }, 4, 1 / 2],
    ["warmup_stable_decay", { num_decay_steps: 4, decay_type: "1-sqrt" }, 7, 1 / 2],
    ["warmup_stable_decay", { num_decay_steps: 4, num_cycles: 1 }, 7, 1 / 2],
    ["warmup_stable_decay", { num_decay_steps: 4, min_lr_ratio: 0.1 }, 0, 0.1],
    ["warmup_stable_decay", { num_decay_steps: 4, warmup_type: "1-sqrt" }, 1, 1 - Math.SQRT1_2],
  ];
  const handed = new Set(cases.flatMap(([name, kwargs]) => pairs(name, kwargs)));
  const known = scheduleNames.filter((name) => !createsMetricSchedule(name))
    .flatMap((name) => pairs(name, schedules[name].kwargs));
  assertEquals(known.length, 18);
  assertEquals([...handed].sort(), known.sort());
  for (const [name, kwargs, step, factor] of cases) {
    const schedule = createSchedule(name, { ...span, kwargs });
    assertEquals(
      rounded(schedule.factor(step)),
      rounded(factor),
      `${name} ${JSON.stringify(kwargs)}`,
    );
  }
});

/** Lets a schedule see metrics and gives the factors after each. */
function factorsAfter(name: string, kwargs: Record<string, unknown>, metrics: number[]): number[] {
  const schedule = createSchedule(name, { ...span, kwargs });
  return metrics.map((metric) => {
    schedule.observe(metric);
    return schedule.factor(0);
  });
}

Deno.test("createSchedule() hands every keyword argument of metric schedules on", () => {
  const quick = { factor: 0.5, patience: 0 };
  const common: [kwargs: Record<string, unknown>, metrics: number[], factors: number[]][] = [
    [{ ...quick, mode: "max" }, [1, 0], [1, 0.5]],
    [{ ...quick, patience: 1 }, [1, 1, 1], [1, 1, 0.5]],
    [{ ...quick, threshold: 0.3 }, [1, 0.8], [1, 0.5]],
    [{ ...quick, threshold: 0.5, threshold_mode: "abs" }, [4, 3], [1, 1]],
    [{ ...quick, threshold: 0.5, threshold_mode: "rel" }, [4, 3], [1, 0.5]],
    [{ ...quick, cooldown: 1 }, [1, 1, 1, 1], [1, 0.5, 0.5, 0.25]],
    [{ ...quick, min_lr: 0.7 }, [1, 1], [1, 0.7]],
    [{ ...quick, eps: 0.6 }, [1, 1], [1, 1]],
  ];
  const own: typeof common = [
    [{ warmup: 1, max_lr: 4 }, [3, 2, 1], [2, 2, 4]],
    [{ smooth: true, window_size: 2, max_lr: 16 }, [8, 4, 6, 3], [2, 4, 8, 16]],
    [{ min_lr: 0.5, max_lr: 1, reset_start: 2, verbose: false }, [1, 1, 1], [1, 0.5, 1]],
  ];
  const cases = new Map<ScheduleName, typeof common>([
    ["reduce_lr_on_plateau", common],
    // Without room above the base rate, greedy has only falls, as the other one.
    ["greedy", [
      ...common.map(([kwargs, ...rest]): typeof common[0] => [{ max_lr: 1, ...kwargs }, ...rest]),
      ...own.map(([kwargs, ...rest]): typeof common[0] => [{ ...quick, ...kwargs }, ...rest]),
    ]],
  ]);
  for (const [name, entries] of cases) {
    const handed = new Set(entries.flatMap(([kwargs]) => Object.keys(kwargs)));
    assertEquals([...handed].sort(), Object.keys(schedules[name].kwargs).sort());
    for (const [kwargs, metrics, expected] of entries) {
      const actual = factorsAfter(name, kwargs, metrics);
      assertEquals(actual, expected, `${name} ${JSON.stringify(kwargs)}`);
    }
  }
});

Deno.test("createSchedule() reads null as the default", () => {
  const schedule = createSchedule("inverse_sqrt", { ...span, kwargs: { timescale: null } });
  assertEquals(schedule.factor(8), 1 / 2);
  const kwargs = { min_lr: null, min_lr_rate: 0.5 };
  assertEquals(rounded(createSchedule("cosine_with_min_lr", { ...span, kwargs }).factor(10)), 0.5);
});

Deno.test("createSchedule() lets no keyword argument replace the run's lengths or rate", () => {
  for (const name of scheduleNames) {
    for (const key of ["warmup_steps", "total_steps", "learning_rate"]) {
      const kwargs = { ...requiredKwargs[name], [key]: 1 };
      assertThrows(() => createSchedule(name, { ...span, kwargs }), UsageError, `"${key}" is unkn`);
    }
  }
});

Deno.test("createSchedule() refuses an unknown name", () => {
  assertThrows(
    () => createSchedule("cosin", span),
    UsageError,
    'Cannot create schedule "cosin": known are "linear", "cosine", "cosine_with_restarts", ' +
      '"polynomial", "constant", "constant_with_warmup", "inverse_sqrt", "reduce_lr_on_plateau", ' +
      '"cosine_with_min_lr", "cosine_warmup_with_min_lr", "warmup_stable_decay", "greedy"; ' +
      'the nearest is "cosine"',
  );
  assertThrows(() => createSchedule("toString", span), UsageError, '"toString": known are');
});

Deno.test("createSchedule() refuses keyword arguments with their schedule's name", () => {
  const cases: [name: string, kwargs: Record<string, unknown>, reason: string][] = [
    [
      "polynomial",
      { lr_ned: 0 },
      'keyword argument "lr_ned" is unknown; it takes "lr_end", "power"; the nearest is "lr_end"',
    ],
    ["constant", { power: 1 }, 'keyword argument "power" is unknown; it takes none'],
    ["cosine", { num_cycles: "2" }, 'num_cycles is "2"; wanted a finite number'],
    ["cosine", { num_cycles: Infinity }, "num_cycles is Infinity; wanted a finite number"],
    ["warmup_stable_decay", {}, "num_decay_steps is missing; wanted an integer from 0"],
    ["warmup_stable_decay", { num_decay_steps: 1.5 }, "num_decay_steps is 1.5; wanted an integer"],
    ["warmup_stable_decay", { num_decay_steps: 2, decay_type: "cos" }, "Unknown decay type: cos"],
    [
      "warmup_stable_decay",
      { num_decay_steps: 2, warmup_type: 1 },
      "warmup_type is 1; wanted a te",
    ],
    ["cosine_with_min_lr", {}, "found neither min_lr nor min_lr_rate"],
    ["cosine_warmup_with_min_lr", { min_lr: null }, "found neither min_lr nor min_lr_rate"],
    ["reduce_lr_on_plateau", { patience: -1 }, "patience is -1; wanted an integer from 0"],
    ["reduce_lr_on_plateau", { min_lr: [0, 0] }, "min_lr is [0,0]; wanted a finite number"],
    ["reduce_lr_on_plateau", { mode: "auto" }, "mode auto is unknown!"],
    ["reduce_lr_on_plateau", { smooth: true }, 'keyword argument "smooth" is unknown; it takes'],
    ["greedy", { smooth: 1 }, "smooth is 1; wanted true or false"],
    ["greedy", { pateince: 3 }, '; the nearest is "patience"'],
    ["greedy", { factor: 2 }, "factor is 2, wanted a number above 0. Factor should be < 1.0."],
  ];
  for (const [name, kwargs, reason] of cases) {
    const error = assertThrows(() => createSchedule(name, { ...span, kwargs }), UsageError, reason);
    assertStringIncludes(error.message, `Cannot create schedule "${name}": `);
  }
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

function createsMetricSchedule(name: ScheduleName): boolean {
  return name === "reduce_lr_on_plateau" || name === "greedy";
}

function pairs(name: string, kwargs: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(kwargs).map((key) => `${name} ${key}`);
}
