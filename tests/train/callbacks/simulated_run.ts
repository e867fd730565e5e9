/**
 * The loop of a trainer without a model: its moments in upstream's order, and what the control
 * switches on.
 *
 * @module
 */
import type { SentenceTransformer } from "../../../src/models/sentence_transformer.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import type { CallbackMoment, CallbackRun } from "../../../src/train/callbacks/callback.ts";
import type { CallbackHandler } from "../../../src/train/callbacks/callback_handler.ts";
import { TrainerControl } from "../../../src/train/callbacks/trainer_control.ts";
import { planRun, type RunPlan } from "../../../src/train/run_plan.ts";
import { TrainerState } from "../../../src/train/state.ts";
import { Timeline } from "../../../src/train/timeline.ts";

/** Every moment, once. */
export const MOMENTS: Readonly<Record<CallbackMoment, true>> = {
  onInitEnd: true,
  onTrainBegin: true,
  onEpochBegin: true,
  onStepBegin: true,
  onSubstepEnd: true,
  onPreOptimizerStep: true,
  onOptimizerStep: true,
  onStepEnd: true,
  onLog: true,
  onEvaluate: true,
  onSave: true,
  onPredictionStep: true,
  onPredict: true,
  onEpochEnd: true,
  onTrainEnd: true,
};

/** A run at its beginning; epochs have `epochSteps` steps. */
export function newRun(
  args: Partial<ArgumentValues>,
  epochSteps: number,
): CallbackRun & { readonly state: TrainerState } {
  const whole = new SentenceTransformerTrainingArguments(args);
  return {
    args: whole,
    plan: planOf(whole, epochSteps),
    state: new TrainerState(),
    control: new TrainerControl(),
    model: {} as SentenceTransformer,
  };
}

function planOf(args: SentenceTransformerTrainingArguments, epochSteps: number): RunPlan {
  const batches = epochSteps * args.gradientAccumulationSteps;
  const sampler = {
    steps: () => batches,
    batches: () => Array.from({ length: batches }, () => new Uint32Array(1)),
  };
  return planRun(args, new Timeline(sampler, args.gradientAccumulationSteps));
}

/** Steps at which something was done. */
export interface Done {
  readonly logged: number[];
  readonly evaluated: number[];
  readonly saved: number[];
}

/** How a simulated run differs from a real one. */
export interface SimulatedRunOptions {
  /** Steps of an epoch. */
  epochSteps: number;
  /** Value of `metric_for_best_model` in the evaluation of that number, from 0. */
  metric?: (evaluation: number) => number;
}

/** Trains to the end; the moments of evaluation have one batch. */
export async function simulateRun(
  handler: CallbackHandler,
  run: CallbackRun & { readonly state: TrainerState },
  { epochSteps, metric = () => 0 }: SimulatedRunOptions,
): Promise<Done> {
  const { args, control, state, plan } = run;
  const done: Done = { logged: [], evaluated: [], saved: [] };
  const key = `eval_${args.metricForBestModel ?? "loss"}`;

  const evaluate = async () => {
    const value = metric(done.evaluated.length);
    done.evaluated.push(state.globalStep);
    const evaluation = { dataset: "pairs", batch: 1, batches: 1 };
    await handler.call("onPredictionStep", { ...run, evaluation });
    await handler.call("onLog", { ...run, logs: { [key]: value } });
    await handler.call("onEvaluate", { ...run, metrics: { [key]: value } });
    const best = state.best?.metric;
    if (best === undefined || (args.greaterIsBetter ? value > best : value < best)) {
      state.best = { metric: value, step: state.globalStep, checkpoint: null };
    }
  };
  const act = async () => {
    if (control.shouldLog && done.logged.at(-1) !== state.globalStep) {
      done.logged.push(state.globalStep);
      await handler.call("onLog", { ...run, logs: { loss: 1 } });
    }
    if (control.shouldEvaluate) await evaluate();
    if (control.shouldSave) {
      done.saved.push(state.globalStep);
      await handler.call("onSave", run);
    }
  };

  await handler.call("onInitEnd", run);
  await handler.call("onTrainBegin", run);
  for (let epoch = 0; !control.shouldTrainingStop; epoch++) {
    await handler.call("onEpochBegin", run);
    for (let index = 0; index < epochSteps; index++) {
      if (state.globalStep > plan.totalSteps) throw new Error("The run does not end");
      await handler.call("onStepBegin", run);
      for (let batch = 1; batch < args.gradientAccumulationSteps; batch++) {
        await handler.call("onSubstepEnd", run);
      }
      await handler.call("onPreOptimizerStep", run);
      await handler.call("onOptimizerStep", run);
      state.globalStep++;
      state.epoch = epoch + (index + 1) / epochSteps;
      await handler.call("onStepEnd", run);
      await act();
      if (control.shouldEpochStop || control.shouldTrainingStop) break;
    }
    await handler.call("onEpochEnd", run);
    await act();
  }
  await handler.call("onTrainEnd", run);
  return done;
}
