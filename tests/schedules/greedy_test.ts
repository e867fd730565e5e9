import { assertEquals, assertThrows } from "@std/assert";
import { Random } from "../../src/data/random.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { Greedy, type GreedyOptions } from "../../src/schedules/greedy.ts";

/** Settings whose factors are exact in binary. */
const halving = { learningRate: 1, factor: 0.5, patience: 0, minLr: 1 / 64, maxLr: 64 };

function factorsAfter(options: GreedyOptions, metrics: number[]): number[] {
  const schedule = new Greedy(options);
  return metrics.map((metric) => {
    schedule.observe(metric);
    return schedule.factor();
  });
}

type Rule = Required<Omit<GreedyOptions, "print" | "verbose">>;

/** The learning rates that the rule gives after each metric, with every metric kept. */
function simulated(rule: Rule, metrics: number[]): number[] {
  const sign = rule.mode === "min" ? 1 : -1;
  const rates: number[] = [];
  let rate = rule.learningRate;
  let best = Infinity;
  let streak = 0; // above 0: improvements in a row; below 0: evaluations without one
  let idleAfterFall = 0;
  let idleAfterRise = 0;
  let dueAtFloor = 0;
  let seen: number[] = [];
  for (const metric of metrics) {
    seen = [...seen, metric];
    const window = seen.slice(-rule.windowSize);
    const mean = window.reduce((sum, value) => sum + value, 0) / window.length;
    const signed = sign * (rule.smooth ? mean : metric);
    if (idleAfterFall + idleAfterRise > 0) {
      if (idleAfterFall > 0) idleAfterFall -= 1;
      else idleAfterRise -= 1;
      streak = 0;
      rates.push(rate);
      continue;
    }
    const margin = rule.thresholdMode === "abs" ? rule.threshold : sign * best * rule.threshold;
    if (best === Infinity || signed < best - margin) {
      best = signed;
      streak = streak > 0 ? streak + 1 : 1;
    } else {
      streak = streak < 0 ? streak - 1 : -1;
    }
    if (streak === rule.patience + 1) {
      const higher = [rate / rule.factor, rule.maxLr].sort((a, b) => a - b)[0];
      if (higher - rate > rule.eps) rate = higher;
      dueAtFloor = 0;
      idleAfterRise = rule.warmup;
      streak = 0;
    } else if (streak === -rule.patience - 1) {
      const lower = [rate * rule.factor, rule.minLr].sort((a, b) => b - a)[0];
      if (rate - lower > rule.eps) rate = lower;
      if (rate <= rule.minLr && ++dueAtFloor >= rule.resetStart) {
        rate = rule.learningRate;
        best = Infinity;
        dueAtFloor = 0;
        seen = [];
        idleAfterRise = 0;
      }
      idleAfterFall = rule.cooldown;
      streak = 0;
    }
    rates.push(rate);
  }
  return rates;
}

function randomRule(random: Random): Rule {
  const whole = (below: number) => Math.floor(below * random.float());
  return {
    learningRate: 1,
    mode: random.float() < 0.5 ? "min" : "max",
    factor: 0.3 + 0.6 * random.float(),
    patience: whole(3),
    threshold: 0.05 * random.float(),
    thresholdMode: random.float() < 0.5 ? "rel" : "abs",
    cooldown: whole(3),
    warmup: whole(3),
    minLr: 0.1 + 0.8 * random.float(),
    maxLr: 1 + random.float(),
    eps: 0.01 * random.float(),
    smooth: random.float() < 0.5,
    windowSize: 1 + whole(6),
    resetStart: whole(5),
  };
}

Deno.test("Greedy begins with the base learning rate and follows a metric", () => {
  const schedule = new Greedy({ learningRate: 2e-5 });
  assertEquals(schedule.followsMetric, true);
  assertEquals(schedule.factor(), 1);
});

Deno.test("Greedy by default divides or multiplies by 0.95 after eleven of a kind", () => {
  const falling = Array.from({ length: 12 }, (_, index) => 100 - index);
  const risen = [...new Array(10).fill(1), 0.5 / 0.95 / 0.5, 0.5 / 0.95 / 0.5];
  assertEquals(factorsAfter({ learningRate: 0.5 }, falling), risen);
  const level = new Array(13).fill(100);
  const fallen = [...new Array(11).fill(1), 0.95, 0.95];
  assertEquals(factorsAfter({ learningRate: 0.5 }, level), fallen);
});

Deno.test("Greedy by default asks for a gain above 1e-6, absolute", () => {
  assertEquals(factorsAfter(halving, [1, 1 - 0.5e-6, 1 - 2e-6]), [2, 1, 2]);
});

Deno.test("Greedy by default keeps between 1e-3 and 1, and 50 metrics where it is smooth", () => {
  assertEquals(factorsAfter({ learningRate: 0.96, patience: 0 }, [9]), [1 / 0.96]);
  const low = { learningRate: 0.00102, patience: 0, maxLr: 0 };
  assertEquals(factorsAfter(low, [9, 9]), [1, 0.001 / 0.00102]);
  const schedule = new Greedy({ learningRate: 1, smooth: true });
  for (let count = 0; count < 51; count++) schedule.observe(count);
  const { window, windowSum, resetLeft } = schedule.state();
  assertEquals([(window as number[]).length, windowSum, resetLeft], [50, 51 * 25, 500]);
});

Deno.test("Greedy rises with each improvement and falls with each lack of one", () => {
  const metrics = [9, 8, 8, 8.5, 7, 6, 7];
  assertEquals(factorsAfter(halving, metrics), [2, 4, 2, 1, 2, 4, 2]);
});

Deno.test("Greedy counts evaluations of one kind in a row", () => {
  const options = { ...halving, patience: 1 };
  assertEquals(factorsAfter(options, [9, 8, 9, 7, 9, 9, 9, 9]), [1, 2, 2, 2, 2, 1, 1, 0.5]);
});

Deno.test("Greedy in mode max takes a rising metric for better", () => {
  assertEquals(factorsAfter({ ...halving, mode: "max" }, [1, 2, 1, 3]), [2, 4, 2, 4]);
});

Deno.test("Greedy stays between minLr and maxLr and leaves out steps of no more than eps", () => {
  const narrow = { ...halving, minLr: 0.75, maxLr: 1.5 };
  assertEquals(factorsAfter(narrow, [9, 8, 8, 8]), [1.5, 1.5, 0.75, 0.75]);
  assertEquals(factorsAfter({ ...halving, eps: 1 }, [9, 9]), [1, 1]);
  assertEquals(factorsAfter({ ...halving, eps: 0.5 }, [9, 9, 9]), [2, 1, 1]);
});

Deno.test("Greedy does not count after a fall for cooldown, after a rise for warmup", () => {
  const cooled = { ...halving, cooldown: 2 };
  assertEquals(factorsAfter(cooled, [9, 9, 9, 8, 9, 8]), [2, 1, 1, 1, 0.5, 0.5]);
  const warmed = { ...halving, warmup: 2 };
  assertEquals(factorsAfter(warmed, [9, 8, 7, 8, 7]), [2, 2, 2, 4, 4]);
});

Deno.test("Greedy does not take the metrics that it waits through for its best", () => {
  assertEquals(factorsAfter({ ...halving, cooldown: 1 }, [9, 9, 1, 8]), [2, 1, 1, 2]);
});

Deno.test("Greedy begins anew after resetStart falls that were due at minLr", () => {
  const options = { ...halving, minLr: 0.5, resetStart: 3 };
  const metrics = [9, 9, 9, 9, 9, 9, 9];
  assertEquals(factorsAfter(options, metrics), [2, 1, 0.5, 0.5, 1, 2, 1]);
});

Deno.test("Greedy counts the falls due at minLr from the last rise on", () => {
  const options = { ...halving, minLr: 0.5, resetStart: 2, patience: 0 };
  const metrics = [9, 9, 9, 8, 9, 9, 9];
  assertEquals(factorsAfter(options, metrics), [2, 1, 0.5, 1, 0.5, 1, 2]);
});

Deno.test("Greedy never falls where the base learning rate is below minLr", () => {
  const level = new Array(40).fill(9);
  assertEquals(new Set(factorsAfter({ learningRate: 5e-5 }, level)), new Set([1]));
});

Deno.test("Greedy with smooth judges the mean of the latest metrics", () => {
  const options = { ...halving, smooth: true, windowSize: 2 };
  assertEquals(factorsAfter(options, [8, 4, 6, 3, 7]), [2, 4, 8, 16, 8]);
  assertEquals(factorsAfter(halving, [8, 4, 6, 3, 7]), [2, 4, 2, 4, 2]);
});

Deno.test("Greedy counts NaN as no improvement", () => {
  assertEquals(factorsAfter(halving, [NaN, 9, NaN]), [0.5, 1, 0.5]);
});

Deno.test("Greedy does as a naive simulation does on random metrics", () => {
  const seen = { rises: 0, falls: 0, resets: 0 };
  for (let trial = 0; trial < 300; trial++) {
    const random = new Random("greedy", trial);
    const rule = randomRule(random);
    // Multiples of a power of two, so that every order of summation gives the same sum.
    let level = 20;
    const metrics = Array.from({ length: 100 }, () => {
      level += Math.round(256 * random.normal()) / 1024;
      return level;
    });
    const expected = simulated(rule, metrics);
    assertEquals(factorsAfter(rule, metrics), expected, JSON.stringify(rule));
    expected.slice(1).forEach((rate, index) => {
      if (rate > expected[index]) seen.rises++;
      if (rate < expected[index]) seen.falls++;
      if (expected[index] <= rule.minLr && rate === 1) seen.resets++;
    });
  }
  assertEquals(seen.rises > 500, true, `${seen.rises} rises`);
  assertEquals(seen.falls > 500, true, `${seen.falls} falls`);
  assertEquals(seen.resets > 100, true, `${seen.resets} resets`);
});

Deno.test("Greedy goes on from its state through JSON as if it had not stopped", () => {
  for (let trial = 0; trial < 20; trial++) {
    const random = new Random("greedy", "state", trial);
    const rule = randomRule(random);
    const metrics = Array.from({ length: 40 }, () => random.normal());
    const expected = factorsAfter(rule, metrics);
    for (let stop = 0; stop < metrics.length; stop += 3) {
      const first = new Greedy(rule);
      metrics.slice(0, stop).forEach((metric) => first.observe(metric));
      const second = new Greedy(rule);
      second.restore(JSON.parse(JSON.stringify(first.state())));
      assertEquals(second.state(), first.state());
      const rest = metrics.slice(stop).map((metric) => {
        second.observe(metric);
        return second.factor();
      });
      assertEquals(rest, expected.slice(stop), `${JSON.stringify(rule)}, stopped after ${stop}`);
    }
  }
});

Deno.test("Greedy keeps infinities and NaN in its state", () => {
  const schedule = new Greedy({ ...halving, mode: "max", smooth: true });
  assertEquals(schedule.state().best, "-Infinity");
  [NaN, Infinity].forEach((metric) => schedule.observe(metric));
  assertEquals(schedule.state().window, ["NaN", "Infinity"]);
  assertEquals(schedule.state().windowSum, "NaN");
  const restored = new Greedy({ ...halving, mode: "max", smooth: true });
  restored.restore(JSON.parse(JSON.stringify(schedule.state())));
  assertEquals(restored.state(), schedule.state());
});

Deno.test("Greedy refuses another state and stays as it was", () => {
  const schedule = new Greedy({ learningRate: 1, smooth: true, windowSize: 2 });
  schedule.observe(3);
  const before = schedule.state();
  const cases: [state: Record<string, unknown>, reason: string][] = [
    [{}, "found no entries"],
    [{ learningRate: 1, best: 1, badEvaluations: 0, cooldownLeft: 0 }, 'wanted "learningRate"'],
    [{ ...before, learningRate: -1 }, "learningRate is -1"],
    [{ ...before, best: "big" }, 'best is "big"'],
    [{ ...before, resetLeft: "5" }, 'resetLeft is "5"'],
    [{ ...before, window: [1, 2, 3] }, "window is [1,2,3], wanted a list of at most 2 numbers"],
    [{ ...before, evaluations: 9, windowSum: null }, "windowSum is null"],
  ];
  for (const [state, reason] of cases) {
    assertThrows(() => schedule.restore(state), InputError, reason);
    assertEquals(schedule.state(), before);
  }
});

Deno.test("Greedy prints each change where it is verbose, and else nothing", () => {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const options = { ...halving, learningRate: 0.001, minLr: 0.001, resetStart: 1, print };
  factorsAfter(options, [9, 9]);
  assertEquals(lines, []);
  factorsAfter({ ...options, verbose: true }, [9, 9]);
  assertEquals(lines, [
    "Evaluation 1: the learning rate rises to 2.0000e-3",
    "Evaluation 2: the learning rate falls to 1.0000e-3",
    "Evaluation 2: the learning rate goes back to 1.0000e-3",
  ]);
});

Deno.test("Greedy refuses factors that are not between 0 and 1, empty windows, unknown modes", () => {
  for (const factor of [1, 1.5, 0, -0.5]) {
    assertThrows(
      () => new Greedy({ learningRate: 1, factor }),
      UsageError,
      `Cannot create schedule "greedy": factor is ${factor}, wanted a number above 0. Factor ` +
        "should be < 1.0.",
    );
  }
  assertThrows(
    () => new Greedy({ learningRate: 1, windowSize: 0 }),
    UsageError,
    'Cannot create schedule "greedy": window_size is 0; wanted an integer from 1',
  );
  assertThrows(
    () => new Greedy({ learningRate: 1, thresholdMode: "asb" as "abs" }),
    UsageError,
    'Cannot create schedule "greedy": threshold mode asb is unknown!',
  );
});
