import { assertEquals } from "@std/assert";
import type {
  CallbackMoment,
  CallbackRun,
  TrainerCallback,
} from "../../../src/train/callbacks/callback.ts";
import { CallbackHandler } from "../../../src/train/callbacks/callback_handler.ts";
import { DefaultFlowCallback } from "../../../src/train/callbacks/default_flow_callback.ts";
import { EarlyStoppingCallback } from "../../../src/train/callbacks/early_stopping_callback.ts";
import { MOMENTS, newRun, simulateRun } from "./simulated_run.ts";

/** Notes every moment with the step. */
function recorder(events: string[]): TrainerCallback {
  return Object.fromEntries(
    (Object.keys(MOMENTS) as CallbackMoment[]).map((moment) => [
      moment,
      ({ state, logs }: CallbackRun) => {
        events.push(`${moment} ${logs === undefined ? state.globalStep : Object.keys(logs)}`);
      },
    ]),
  );
}

const STEPS = [
  "onStepBegin",
  "onSubstepEnd",
  "onPreOptimizerStep",
  "onOptimizerStep",
] as const;

Deno.test("TrainerCallback is told the moments of a run in upstream's order", async () => {
  const events: string[] = [];
  const handler = new CallbackHandler([new DefaultFlowCallback(), recorder(events)]);
  const run = newRun({
    numTrainEpochs: 1.5,
    gradientAccumulationSteps: 2,
    loggingSteps: 2,
    evaluationStrategy: "epoch",
    saveStrategy: "steps",
    saveSteps: 2,
  }, 2);
  await simulateRun(handler, run, { epochSteps: 2 });
  const evaluation = (step: number) => [
    `onPredictionStep ${step}`,
    "onLog eval_loss",
    `onEvaluate ${step}`,
  ];
  assertEquals(events, [
    "onInitEnd 0",
    "onTrainBegin 0",
    "onEpochBegin 0",
    ...STEPS.map((moment) => `${moment} 0`),
    "onStepEnd 1",
    ...STEPS.map((moment) => `${moment} 1`),
    "onStepEnd 2",
    "onLog loss",
    "onSave 2",
    "onEpochEnd 2",
    ...evaluation(2),
    "onEpochBegin 2",
    ...STEPS.map((moment) => `${moment} 2`),
    "onStepEnd 3",
    "onSave 3",
    "onEpochEnd 3",
    ...evaluation(3),
    "onTrainEnd 3",
  ]);
});

Deno.test("TrainerCallback ends epoch and training by shouldTrainingStop, which early stopping sets", async () => {
  const events: string[] = [];
  const stopping = new EarlyStoppingCallback();
  const handler = new CallbackHandler([new DefaultFlowCallback(), stopping, recorder(events)]);
  const run = newRun({
    numTrainEpochs: 3,
    loggingStrategy: "no",
    evaluationStrategy: "steps",
    evalSteps: 1,
    saveStrategy: "steps",
    saveSteps: 1,
    loadBestModelAtEnd: true,
  }, 4);
  const done = await simulateRun(handler, run, { epochSteps: 4, metric: (i) => [3, 2, 2][i] });
  assertEquals(done.evaluated, [1, 2, 3]);
  assertEquals(events.slice(-4), ["onEvaluate 3", "onSave 3", "onEpochEnd 3", "onTrainEnd 3"]);
  assertEquals(run.state.best?.step, 2);
});

Deno.test("TrainerCallback ends an epoch by shouldEpochStop, and the next one begins", async () => {
  const events: string[] = [];
  const skip: TrainerCallback = {
    onStepEnd({ state, control }) {
      if (state.globalStep === 1) control.shouldEpochStop = true;
    },
  };
  const handler = new CallbackHandler([new DefaultFlowCallback(), skip, recorder(events)]);
  const run = newRun({ maxSteps: 4, loggingStrategy: "no", saveStrategy: "no" }, 3);
  await simulateRun(handler, run, { epochSteps: 3 });
  assertEquals(events.filter((event) => /onEpoch/.test(event)), [
    "onEpochBegin 0",
    "onEpochEnd 1",
    "onEpochBegin 1",
    "onEpochEnd 4",
  ]);
});
