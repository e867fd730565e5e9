import { assert, assertEquals } from "@std/assert";
import { Random } from "../../../src/data/random.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { CallbackRun } from "../../../src/train/callbacks/callback.ts";
import { CallbackHandler } from "../../../src/train/callbacks/callback_handler.ts";
import { DefaultFlowCallback } from "../../../src/train/callbacks/default_flow_callback.ts";
import { newRun, simulateRun } from "./simulated_run.ts";

const STRATEGIES = ["no", "steps", "epoch"] as const;

function pick<T>(random: Random, values: readonly T[]): T {
  return values[random.integer(values.length)];
}

function randomArguments(random: Random): Partial<ArgumentValues> {
  return {
    loggingStrategy: pick(random, STRATEGIES),
    evaluationStrategy: pick(random, STRATEGIES),
    saveStrategy: pick(random, STRATEGIES),
    loggingSteps: pick(random, [1, 2, 3, 5, 100, 0.3]),
    evalSteps: pick(random, [1, 2, 4, 100, 0.2]),
    saveSteps: pick(random, [0, 1, 3, 7, 100, 0.5]),
    evalDelay: pick(random, [null, 0, 1, 1.5, 2, 4, 1000]),
    loggingFirstStep: random.float() < 0.3,
    numTrainEpochs: pick(random, [0.2, 1, 1.4, 2, 3.5]),
    maxSteps: pick(random, [-1, -1, 1, 6, 11]),
  };
}

/** What upstream documents, step by step. */
function table(run: CallbackRun, epochSteps: number) {
  const { args, plan: { totalSteps, loggingSteps, evalSteps, saveSteps } } = run;
  const logged: number[] = [];
  const evaluated: number[] = [];
  const saved: number[] = [];
  for (let step = 1; step <= totalSteps; step++) {
    const last = step === totalSteps;
    const epochEnds = last || step % epochSteps === 0;
    const multiple = (of: number) => of !== 0 && Math.floor(step / of) * of === step;
    const delay = args.evalDelay === null ? 0 : args.evalDelay;
    const log = { no: false, steps: multiple(loggingSteps), epoch: epochEnds };
    const evaluate = {
      no: false,
      steps: step >= delay && (last || multiple(evalSteps)),
      epoch: step / epochSteps >= delay && epochEnds,
    };
    const save = { no: false, steps: last || multiple(saveSteps), epoch: epochEnds };
    if (log[args.loggingStrategy] || (args.loggingFirstStep && step === 1)) logged.push(step);
    if (evaluate[args.evaluationStrategy]) evaluated.push(step);
    // A strategy "best" is not the callback's affair.
    if (save[args.saveStrategy as "no" | "steps" | "epoch"]) saved.push(step);
  }
  return { logged, evaluated, saved };
}

Deno.test("DefaultFlowCallback logs, evaluates, saves and stops as a table says", async () => {
  const random = new Random("default flow", 1);
  const seen = new Set<string>();
  const actions = { logged: 0, evaluated: 0, saved: 0 };
  for (let i = 0; i < 600; i++) {
    const epochSteps = 1 + random.integer(7);
    const values = randomArguments(random);
    const run = newRun(values, epochSteps);
    const handler = new CallbackHandler([new DefaultFlowCallback()]);
    const done = await simulateRun(handler, run, { epochSteps });
    assertEquals(done, table(run, epochSteps), JSON.stringify({ ...values, epochSteps }));
    assertEquals(run.state.globalStep, run.plan.totalSteps);
    seen.add([values.loggingStrategy, values.evaluationStrategy, values.saveStrategy].join());
    actions.logged += done.logged.length;
    actions.evaluated += done.evaluated.length;
    actions.saved += done.saved.length;
  }
  assertEquals(seen.size, 27);
  assert(Math.min(...Object.values(actions)) > 600, JSON.stringify(actions));
});

async function doneBy(values: Partial<ArgumentValues>, epochSteps: number) {
  const handler = new CallbackHandler([new DefaultFlowCallback()]);
  return await simulateRun(handler, newRun(values, epochSteps), { epochSteps });
}

Deno.test("DefaultFlowCallback logs the first step and multiples of logging_steps", async () => {
  const values: Partial<ArgumentValues> = { maxSteps: 7, loggingSteps: 3, loggingFirstStep: true };
  assertEquals((await doneBy(values, 10)).logged, [1, 3, 6]);
  assertEquals((await doneBy({ ...values, loggingStrategy: "no" }, 10)).logged, [1]);
});

Deno.test("DefaultFlowCallback evaluates and saves at the last step of a run by steps", async () => {
  const { logged, evaluated, saved } = await doneBy({
    maxSteps: 7,
    evaluationStrategy: "steps",
    evalSteps: 3,
    saveSteps: 5,
    loggingSteps: 4,
  }, 10);
  assertEquals([logged, evaluated, saved], [[4], [3, 6, 7], [5, 7]]);
});

Deno.test("DefaultFlowCallback evaluates and saves after a last epoch of fewer steps", async () => {
  const { logged, evaluated, saved } = await doneBy({
    numTrainEpochs: 2.5,
    loggingStrategy: "epoch",
    evaluationStrategy: "epoch",
    saveStrategy: "epoch",
  }, 4);
  assertEquals([logged, evaluated, saved], [[4, 8, 10], [4, 8, 10], [4, 8, 10]]);
});

Deno.test("DefaultFlowCallback waits eval_delay in the unit of the strategy, to the end if need be", async () => {
  const steps = { maxSteps: 6, evaluationStrategy: "steps", evalSteps: 2 } as const;
  assertEquals((await doneBy({ ...steps, evalDelay: 3 }, 10)).evaluated, [4, 6]);
  assertEquals((await doneBy({ ...steps, evalDelay: 4 }, 10)).evaluated, [4, 6]);
  assertEquals((await doneBy({ ...steps, evalDelay: 7 }, 10)).evaluated, []);
  const epochs = { numTrainEpochs: 3.5, evaluationStrategy: "epoch" } as const;
  assertEquals((await doneBy({ ...epochs, evalDelay: 2 }, 2)).evaluated, [4, 6, 7]);
  assertEquals((await doneBy({ ...epochs, evalDelay: 3.5 }, 2)).evaluated, [7]);
  assertEquals((await doneBy({ ...epochs, evalDelay: 4 }, 2)).evaluated, []);
});

Deno.test("DefaultFlowCallback leaves save_strategy best to the trainer", () => {
  const run = newRun({ maxSteps: 2, saveSteps: 1 }, 2);
  const args = { ...run.args, saveStrategy: "best" } as unknown as CallbackRun["args"];
  const callback = new DefaultFlowCallback();
  run.state.globalStep = 2;
  callback.onStepEnd({ ...run, args });
  callback.onEpochEnd({ ...run, args });
  assertEquals([run.control.shouldSave, run.control.shouldTrainingStop], [false, true]);
});

Deno.test("DefaultFlowCallback leaves on what another callback has switched on", () => {
  const run = newRun({ maxSteps: 9, loggingSteps: 5 }, 3);
  const { control } = run;
  run.state.globalStep = 2;
  control.shouldLog = control.shouldEvaluate = control.shouldSave = true;
  control.shouldTrainingStop = true;
  const callback = new DefaultFlowCallback();
  callback.onStepEnd(run);
  callback.onEpochEnd(run);
  assert(control.shouldLog && control.shouldEvaluate && control.shouldSave);
  assert(control.shouldTrainingStop && !control.shouldEpochStop);
});
