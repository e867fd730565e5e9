import { assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../src/data/random.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import {
  ReduceLrOnPlateau,
  type ReduceLrOnPlateauOptions,
} from "../../src/schedules/reduce_lr_on_plateau.ts";

function factorsAfter(options: Partial<ReduceLrOnPlateauOptions>, metrics: number[]): number[] {
  const schedule = new ReduceLrOnPlateau({ learningRate: 1, ...options });
  return metrics.map((metric) => {
    schedule.observe(metric);
    return schedule.factor();
  });
}

/** The learning rates that the rule gives after each metric, told as a story of whole lists. */
function simulated(options: Required<ReduceLrOnPlateauOptions>, metrics: number[]): number[] {
  const sign = options.mode === "min" ? 1 : -1;
  const rates: number[] = [];
  let rate = options.learningRate;
  let best = Infinity;
  let quietUntil = -1;
  let run: "bad"[] = [];
  metrics.forEach((metric, index) => {
    const signed = sign * metric;
    const margin = options.thresholdMode === "abs"
      ? options.threshold
      : sign * best * options.threshold;
    const improved = best === Infinity || signed < best - margin;
    if (improved) best = signed;
    run = improved || index <= quietUntil ? [] : [...run, "bad"];
    if (run.length === options.patience + 1) {
      const lower = rate * options.factor > options.minLr ? rate * options.factor : options.minLr;
      if (rate - lower > options.eps) rate = lower;
      quietUntil = index + options.cooldown;
      run = [];
    }
    rates.push(rate);
  });
  return rates;
}

const defaults: Required<ReduceLrOnPlateauOptions> = {
  learningRate: 1,
  mode: "min",
  factor: 0.1,
  patience: 10,
  threshold: 1e-4,
  thresholdMode: "rel",
  cooldown: 0,
  minLr: 0,
  eps: 1e-8,
};

Deno.test("ReduceLrOnPlateau begins with the base learning rate and follows a metric", () => {
  const schedule = new ReduceLrOnPlateau({ learningRate: 2e-5 });
  assertEquals(schedule.followsMetric, true);
  assertEquals(schedule.factor(), 1);
});

Deno.test("ReduceLrOnPlateau divides by 10 after the eleventh bad evaluation by default", () => {
  const metrics = [5, ...new Array(23).fill(5)];
  const expected = [...new Array(11).fill(1), ...new Array(11).fill(0.1), 0.1 * 0.1, 0.1 * 0.1];
  assertEquals(factorsAfter({}, metrics), expected);
});

Deno.test("ReduceLrOnPlateau asks for a gain of a ten-thousandth by default", () => {
  const halving = { factor: 0.5, patience: 0 };
  assertEquals(factorsAfter(halving, [1, 0.99991, 0.9998]), [1, 0.5, 0.5]);
});

Deno.test("ReduceLrOnPlateau counts bad evaluations in a row only", () => {
  const factors = factorsAfter({ factor: 0.5, patience: 1 }, [5, 6, 4, 6, 3, 6, 6, 6, 6]);
  assertEquals(factors, [1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.25]);
});

Deno.test("ReduceLrOnPlateau in mode max takes a rising metric for better", () => {
  const options = { factor: 0.5, patience: 0, mode: "max" } as const;
  assertEquals(factorsAfter(options, [1, 2, 3, 2, 4, 4]), [1, 1, 1, 0.5, 0.5, 0.25]);
});

Deno.test("ReduceLrOnPlateau does not count during the cooldown, but keeps the best metric", () => {
  const options = { factor: 0.5, patience: 0, cooldown: 2 };
  const metrics = [5, 6, 6, 4, 4.5, 3];
  assertEquals(factorsAfter(options, metrics), [1, 0.5, 0.5, 0.5, 0.25, 0.25]);
});

Deno.test("ReduceLrOnPlateau stops at minLr and leaves out steps of no more than eps", () => {
  const options = { factor: 0.5, patience: 0, minLr: 0.2 };
  assertEquals(factorsAfter(options, [5, 5, 5, 5, 5]), [1, 0.5, 0.25, 0.2, 0.2]);
  const coarse = { factor: 0.5, patience: 0, eps: 0.25 };
  assertEquals(factorsAfter(coarse, [5, 5, 5, 5]), [1, 0.5, 0.5, 0.5]);
  const above = { factor: 0.5, patience: 0, minLr: 2 };
  assertEquals(factorsAfter(above, [5, 5, 5]), [1, 1, 1]);
});

Deno.test("ReduceLrOnPlateau by default falls towards 0 until a step is no more than 1e-8", () => {
  let rate = 1;
  const expected = [1];
  for (let fall = 1; fall <= 8; fall++) expected.push(rate *= 0.1);
  // The next fall, from 1e-8 to 1e-9, would be a step of 9e-9.
  const factors = factorsAfter({ patience: 0 }, new Array(12).fill(5));
  assertEquals(factors, [...expected, rate, rate, rate]);
});

Deno.test("ReduceLrOnPlateau counts NaN and infinite metrics as bad", () => {
  const options = { factor: 0.5, patience: 0 };
  assertEquals(factorsAfter(options, [NaN, Infinity, 1, NaN]), [0.5, 0.25, 0.25, 0.125]);
});

Deno.test("ReduceLrOnPlateau of a base learning rate of 0 has the factor 1", () => {
  assertEquals(factorsAfter({ learningRate: 0, patience: 0 }, [1, 1]), [1, 1]);
});

Deno.test("ReduceLrOnPlateau does as a naive simulation does on random metrics", () => {
  let falls = 0;
  for (let trial = 0; trial < 200; trial++) {
    const random = new Random("plateau", trial);
    const options: Required<ReduceLrOnPlateauOptions> = {
      ...defaults,
      mode: random.float() < 0.5 ? "min" : "max",
      factor: 0.1 + 0.8 * random.float(),
      patience: Math.floor(4 * random.float()),
      threshold: 0.2 * random.float(),
      thresholdMode: random.float() < 0.5 ? "rel" : "abs",
      cooldown: Math.floor(4 * random.float()),
      minLr: 0.2 * random.float(),
      eps: 0.05 * random.float(),
    };
    let level = 5;
    const metrics = Array.from({ length: 80 }, () => level += random.normal() / 2);
    const expected = simulated(options, metrics);
    assertEquals(factorsAfter(options, metrics), expected, JSON.stringify(options));
    falls += new Set(expected).size - 1;
  }
  assertEquals(falls > 400, true, `${falls} falls`);
});

Deno.test("ReduceLrOnPlateau goes on from its state through JSON as if it had not stopped", () => {
  const random = new Random("plateau", "state");
  const metrics = Array.from({ length: 60 }, () => random.normal());
  const options = { factor: 0.7, patience: 1, cooldown: 2, mode: "max" } as const;
  const expected = factorsAfter(options, metrics);
  for (let stop = 0; stop < metrics.length; stop++) {
    const first = new ReduceLrOnPlateau({ learningRate: 1, ...options });
    metrics.slice(0, stop).forEach((metric) => first.observe(metric));
    const second = new ReduceLrOnPlateau({ learningRate: 1, ...options });
    second.restore(JSON.parse(JSON.stringify(first.state())));
    assertEquals(second.state(), first.state());
    const rest = metrics.slice(stop).map((metric) => {
      second.observe(metric);
      return second.factor();
    });
    assertEquals(rest, expected.slice(stop), `stopped after ${stop}`);
  }
});

Deno.test("ReduceLrOnPlateau keeps an infinite best metric", () => {
  const fresh = new ReduceLrOnPlateau({ learningRate: 1e-3 });
  assertEquals(fresh.state(), {
    learningRate: 1e-3,
    best: "Infinity",
    badEvaluations: 0,
    cooldownLeft: 0,
  });
  const restored = new ReduceLrOnPlateau({ learningRate: 1e-3, patience: 0 });
  restored.restore(JSON.parse(JSON.stringify(fresh.state())));
  restored.observe(1e9);
  assertEquals(restored.factor(), 1);
});

Deno.test("ReduceLrOnPlateau refuses another state and stays as it was", () => {
  const schedule = new ReduceLrOnPlateau({ learningRate: 1 });
  schedule.observe(3);
  const before = schedule.state();
  const cases: [state: Record<string, unknown>, reason: string][] = [
    [{}, "found no entries"],
    [{ ...before, extra: 1 }, '"extra", wanted "learningRate"'],
    [{ ...before, learningRate: "1" }, 'learningRate is "1"'],
    [{ ...before, best: null }, "best is null"],
    [{ ...before, badEvaluations: -1 }, "badEvaluations is -1"],
    [{ ...before, learningRate: 0.5, cooldownLeft: 0.5 }, "cooldownLeft is 0.5"],
  ];
  for (const [state, reason] of cases) {
    assertThrows(() => schedule.restore(state), InputError, reason);
    assertEquals(schedule.state(), before);
  }
});

Deno.test("ReduceLrOnPlateau refuses factors that are not from 0 to below 1, unknown modes", () => {
  for (const factor of [1, 1.5, -0.1]) {
    assertThrows(
      () => new ReduceLrOnPlateau({ learningRate: 1, factor }),
      UsageError,
      `Cannot create schedule "reduce_lr_on_plateau": factor is ${factor}, wanted a number from ` +
        "0. Factor should be < 1.0.",
    );
  }
  assertThrows(
    () => new ReduceLrOnPlateau({ learningRate: 1, mode: "mni" as "min" }),
    UsageError,
    '"reduce_lr_on_plateau": mode mni is unknown!',
  );
});
