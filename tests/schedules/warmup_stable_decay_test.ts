import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { type RampType, warmupStableDecay } from "../../src/schedules/warmup_stable_decay.ts";

const span = { warmupSteps: 4, totalSteps: 12, numDecaySteps: 4 };
const diagonal = Math.SQRT1_2;

/** Four steps from 0 towards 1, and four from 1 towards 0. */
const shapes: Record<RampType, { rise: number[]; fall: number[] }> = {
  linear: { rise: [0, 1 / 4, 1 / 2, 3 / 4], fall: [1, 3 / 4, 1 / 2, 1 / 4] },
  cosine: {
    rise: [0, (1 - diagonal) / 2, 1 / 2, (1 + diagonal) / 2],
    fall: [1, (1 + diagonal) / 2, 1 / 2, (1 - diagonal) / 2],
  },
  "1-sqrt": {
    rise: [0, 1 - Math.sqrt(3) / 2, 1 - diagonal, 1 / 2],
    fall: [1, 1 / 2, 1 - diagonal, 1 - Math.sqrt(3) / 2],
  },
};

function assertFactors(schedule: (step: number) => number, expected: number[], what: string) {
  expected.forEach((factor, step) => {
    assertAlmostEquals(schedule(step), factor, 1e-15, `${what}, step ${step}`);
  });
}

Deno.test("warmupStableDecay() rises, stays and falls in every pair of shapes", () => {
  const types = Object.keys(shapes) as RampType[];
  assertEquals(types.length, 3);
  for (const warmupType of types) {
    for (const decayType of types) {
      const schedule = warmupStableDecay({ ...span, warmupType, decayType });
      const { rise } = shapes[warmupType];
      const { fall } = shapes[decayType];
      const expected = [...rise, 1, 1, 1, 1, ...fall, 0, 0];
      assertFactors(schedule, expected, `${warmupType}, ${decayType}`);
    }
  }
});

Deno.test("warmupStableDecay() rises linearly and falls along a cosine by default", () => {
  const expected = [...shapes.linear.rise, 1, 1, 1, 1, ...shapes.cosine.fall, 0];
  assertFactors(warmupStableDecay(span), expected, "default");
});

Deno.test("warmupStableDecay() begins and ends at minLrRatio", () => {
  const schedule = warmupStableDecay({ ...span, decayType: "linear", minLrRatio: 0.2 });
  const expected = [0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1, 0.8, 0.6, 0.4, 0.2, 0.2];
  assertFactors(schedule, expected, "floor");
  assertEquals(schedule(1000), 0.2);
});

Deno.test("warmupStableDecay() falls through numCycles waves", () => {
  const schedule = warmupStableDecay({ ...span, numCycles: 1 });
  [1, 1 / 2, 0, 1 / 2, 0].forEach((factor, index) => {
    assertAlmostEquals(schedule(8 + index), factor, 1e-15, `step ${8 + index}`);
  });
});

Deno.test("warmupStableDecay() counts given stable steps instead of the run's", () => {
  const schedule = warmupStableDecay({ ...span, numStableSteps: 1, decayType: "linear" });
  const expected = [0, 1 / 4, 1 / 2, 3 / 4, 1, 1, 3 / 4, 1 / 2, 1 / 4, 0, 0];
  assertFactors(schedule, expected, "one stable step");
});

Deno.test("warmupStableDecay() without warmup, or without a fall, changes at once", () => {
  const noWarmup = { warmupSteps: 0, totalSteps: 4, decayType: "linear" as const };
  const falling = warmupStableDecay({ ...noWarmup, numDecaySteps: 2 });
  assertEquals([0, 1, 2, 3, 4].map(falling), [1, 1, 1, 1 / 2, 0]);
  const dropping = warmupStableDecay({ ...noWarmup, numDecaySteps: 0, minLrRatio: 0.1 });
  assertEquals([0, 3, 4, 5].map(dropping), [1, 1, 0.1, 0.1]);
});

Deno.test("warmupStableDecay() that is all warmup ends at the floor", () => {
  const schedule = warmupStableDecay({ warmupSteps: 4, totalSteps: 4, numDecaySteps: 2 });
  assertEquals([0, 3, 4, 5].map(schedule), [0, 3 / 4, 0, 0]);
});

Deno.test("warmupStableDecay() that has no room for its fall begins it on its way", () => {
  const options = { warmupSteps: 4, totalSteps: 6, numDecaySteps: 4 };
  const schedule = warmupStableDecay({ ...options, decayType: "linear" });
  assertEquals([3, 4, 5, 6].map(schedule), [3 / 4, 1 / 2, 1 / 4, 0]);
});

Deno.test("warmupStableDecay() refuses an unknown shape", () => {
  assertThrows(
    () => warmupStableDecay({ ...span, warmupType: "linaer" as RampType }),
    UsageError,
    'Cannot create schedule "warmup_stable_decay": Unknown warmup type: linaer, expected ' +
      `'linear', 'cosine' or '1-sqrt'; change warmup_type; the nearest is "linear"`,
  );
  assertThrows(
    () => warmupStableDecay({ ...span, decayType: "toString" as RampType }),
    UsageError,
    "Unknown decay type: toString, expected 'linear', 'cosine' or '1-sqrt'; change decay_type",
  );
});
