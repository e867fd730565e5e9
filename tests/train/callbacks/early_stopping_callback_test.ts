import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import { InputError, UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { CallbackRun } from "../../../src/train/callbacks/callback.ts";
import { CallbackHandler } from "../../../src/train/callbacks/callback_handler.ts";
import { DefaultFlowCallback } from "../../../src/train/callbacks/default_flow_callback.ts";
import {
  EarlyStoppingCallback,
  type EarlyStoppingOptions,
} from "../../../src/train/callbacks/early_stopping_callback.ts";
import { TrainerControl } from "../../../src/train/callbacks/trainer_control.ts";
import { newRun, simulateRun } from "./simulated_run.ts";

const ARGS: Partial<ArgumentValues> = {
  numTrainEpochs: 1,
  loggingStrategy: "no",
  evaluationStrategy: "steps",
  evalSteps: 1,
  saveStrategy: "steps",
  saveSteps: 1,
  loadBestModelAtEnd: true,
};

/** How many evaluations a run of these metrics has. */
async function evaluations(
  metrics: readonly number[],
  options: EarlyStoppingOptions,
  greaterIsBetter: boolean,
): Promise<number> {
  const epochSteps = metrics.length;
  const run = newRun({ ...ARGS, metricForBestModel: "accuracy", greaterIsBetter }, epochSteps);
  const handler = new CallbackHandler([
    new DefaultFlowCallback(),
    new EarlyStoppingCallback(options),
  ]);
  const done = await simulateRun(handler, run, { epochSteps, metric: (i) => metrics[i] });
  return done.evaluated.length;
}

Deno.test("EarlyStoppingCallback stops at the first evaluation without improvement", async () => {
  assertEquals(await evaluations([1, 2, 3, 3, 4], {}, true), 4);
  assertEquals(await evaluations([1, 2, 3, 3, 4], {}, false), 2);
  assertEquals(await evaluations([4, 3, 2, 5, 1], {}, false), 4);
  assertEquals(await evaluations([4, 3, 2, 5, 1], {}, true), 2);
  assertEquals(await evaluations([1, 2, 3, 4, 5], {}, true), 5);
  assertEquals(await evaluations([-3, -2, -2.5, 0], {}, true), 3);
});

Deno.test("EarlyStoppingCallback counts evaluations in a row", async () => {
  const options = { earlyStoppingPatience: 2 };
  assertEquals(await evaluations([1, 0, 2, 1, 3, 2, 2, 9], options, true), 7);
  assertEquals(await evaluations([1, 0, 2, 1, 3, 2, 4, 3], options, true), 8);
});

Deno.test("EarlyStoppingCallback wants more than the threshold over the best so far", async () => {
  const options = { earlyStoppingThreshold: 0.5 };
  assertEquals(await evaluations([1, 1.5, 9], options, true), 2);
  assertEquals(await evaluations([1, 1.75, 2.25, 9], options, true), 3);
  assertEquals(await evaluations([9, 8, 7.75, 1], options, false), 3);
  // The best moves on by small steps too, and with it what is wanted next.
  const patient = { earlyStoppingPatience: 3, earlyStoppingThreshold: 0.5 };
  assertEquals(await evaluations([1, 1.25, 1.5, 1.75, 9], patient, true), 4);
});

Deno.test("EarlyStoppingCallback finds NaN never better, and anything better than NaN", async () => {
  const options = { earlyStoppingPatience: 2 };
  for (const greaterIsBetter of [true, false]) {
    assertEquals(await evaluations([1, NaN, NaN, 5], options, greaterIsBetter), 3);
    assertEquals(await evaluations([NaN, NaN, NaN, 5], options, greaterIsBetter), 2);
  }
  const run = runOf({ metricForBestModel: "loss" }, { eval_loss: 1 });
  run.state.best = { metric: NaN, step: 1, checkpoint: null };
  const callback = new EarlyStoppingCallback();
  callback.onEvaluate(run);
  assertEquals([counterOf(callback), run.control.shouldTrainingStop], [0, false]);
});

Deno.test("EarlyStoppingCallback agrees with a plain count on random metrics", async () => {
  const random = new Random("early stopping", 1);
  const lengths = new Set<number>();
  for (let i = 0; i < 200; i++) {
    const metrics = Array.from({ length: 12 }, () => random.integer(8) / 4);
    const patience = 1 + random.integer(4);
    const threshold = random.integer(3) / 4;
    const sign = random.float() < 0.5 ? 1 : -1;
    let without = 0;
    let expected = 0;
    while (expected < metrics.length && without < patience) {
      const before = metrics.slice(0, expected).map((value) => sign * value);
      const gain = sign * metrics[expected] - Math.max(-Infinity, ...before);
      without = gain > threshold ? 0 : without + 1;
      expected++;
    }
    const options = { earlyStoppingPatience: patience, earlyStoppingThreshold: threshold };
    assertEquals(await evaluations(metrics, options, sign === 1), expected);
    lengths.add(expected);
  }
  assert(lengths.size > 6);
});

function runOf(values: Partial<ArgumentValues>, metrics?: Record<string, number>) {
  const lines: string[] = [];
  const message = (line: string) => void lines.push(line);
  return { ...newRun({ ...ARGS, ...values }, 2), metrics, message, lines };
}

function counterOf(callback: EarlyStoppingCallback): unknown {
  return callback.state().attributes.early_stopping_patience_counter;
}

Deno.test("EarlyStoppingCallback takes the metric with or without eval_, and warns where it lacks", () => {
  for (const metricForBestModel of ["dev_f1", "eval_dev_f1"]) {
    const callback = new EarlyStoppingCallback();
    const found = runOf({ metricForBestModel }, { eval_dev_f1: 1 });
    found.state.best = { metric: 1, step: 1, checkpoint: null };
    callback.onEvaluate(found);
    assertEquals([counterOf(callback), found.control.shouldTrainingStop], [1, true]);
    assertEquals(found.lines, []);
    const lacking = runOf({ metricForBestModel }, { eval_loss: 1 });
    callback.onEvaluate(lacking);
    assertEquals([counterOf(callback), lacking.control.shouldTrainingStop], [1, false]);
    assertEquals(lacking.lines, [
      "early stopping required metric_for_best_model, but did not find eval_dev_f1 so early " +
      "stopping is disabled",
    ]);
  }
});

Deno.test("EarlyStoppingCallback does nothing where a run has no metric to go by", () => {
  const run = runOf({ loadBestModelAtEnd: false }, { eval_loss: 1 });
  const callback = new EarlyStoppingCallback();
  callback.onEvaluate(run);
  assertEquals([run.lines, run.control.shouldTrainingStop, counterOf(callback)], [[], false, 0]);
});

Deno.test("EarlyStoppingCallback refuses runs without best model, metric or evaluation", async () => {
  const good = runOf({});
  await new CallbackHandler([new EarlyStoppingCallback()]).call("onTrainBegin", good);
  const refused: [Partial<ArgumentValues>, string][] = [
    [
      { loadBestModelAtEnd: false },
      "EarlyStoppingCallback requires load_best_model_at_end = True",
    ],
    [
      { metricForBestModel: null },
      "EarlyStoppingCallback requires metric_for_best_model to be defined",
    ],
    [
      { evaluationStrategy: "no" },
      "EarlyStoppingCallback requires IntervalStrategy of steps or epoch",
    ],
  ];
  for (const [values, message] of refused) {
    const run: CallbackRun = { ...good, args: { ...good.args, ...values } as CallbackRun["args"] };
    await assertRejects(
      async () =>
        await new CallbackHandler([new EarlyStoppingCallback()]).call("onTrainBegin", run),
      UsageError,
      message,
    );
  }
});

Deno.test("EarlyStoppingCallback refuses a patience or threshold without sense", () => {
  for (const earlyStoppingPatience of [0, -1, 1.5, NaN]) {
    assertThrows(
      () => new EarlyStoppingCallback({ earlyStoppingPatience }),
      UsageError,
      `early_stopping_patience is ${earlyStoppingPatience}, wanted an integer of at least 1`,
    );
  }
  for (const earlyStoppingThreshold of [-0.1, NaN, Infinity]) {
    assertThrows(
      () => new EarlyStoppingCallback({ earlyStoppingThreshold }),
      UsageError,
      `early_stopping_threshold is ${earlyStoppingThreshold}, wanted a number of at least 0`,
    );
  }
});

Deno.test("EarlyStoppingCallback goes on counting after a resume, with the patience given then", () => {
  const before = new EarlyStoppingCallback({ earlyStoppingPatience: 3 });
  const run = runOf({}, { eval_loss: 2 });
  run.state.best = { metric: 1, step: 1, checkpoint: null };
  before.onEvaluate(run);
  before.onEvaluate(run);
  const control = new TrainerControl();
  const states = JSON.parse(JSON.stringify(new CallbackHandler([before]).state(control)));
  assertEquals(states.EarlyStoppingCallback, {
    args: { early_stopping_patience: 3, early_stopping_threshold: 0 },
    attributes: { early_stopping_patience_counter: 2 },
  });
  for (const [patience, stops] of [[3, true], [4, false]] as const) {
    const after = new EarlyStoppingCallback({ earlyStoppingPatience: patience });
    assertEquals(new CallbackHandler([after]).restore(states, control), []);
    const { control: resumed } = run;
    resumed.newTraining();
    after.onEvaluate(run);
    assertEquals([counterOf(after), resumed.shouldTrainingStop], [3, stops]);
  }
});

Deno.test("EarlyStoppingCallback.restore refuses what is no counter", () => {
  for (const counter of [undefined, null, -1, 0.5, "2"]) {
    assertThrows(
      () =>
        new EarlyStoppingCallback().restore({
          args: {},
          attributes: { early_stopping_patience_counter: counter },
        }),
      InputError,
      `Cannot restore EarlyStoppingCallback: early_stopping_patience_counter is ${
        JSON.stringify(counter)
      }, wanted`,
    );
  }
});
