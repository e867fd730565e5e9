import { assertEquals, assertStrictEquals } from "@std/assert";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import type { CallbackRun, TrainerCallback } from "../../src/train/callbacks/callback.ts";
import { CallbackHandler } from "../../src/train/callbacks/callback_handler.ts";
import { EarlyStoppingCallback } from "../../src/train/callbacks/early_stopping_callback.ts";
import { RunEvents } from "../../src/train/run_events.ts";
import { RunLog } from "../../src/train/run_log.ts";
import type { RunPlan } from "../../src/train/run_plan.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { testGpu } from "../support/gpu.ts";
import { destroyTrainer, tinyModel, tinyPairs, tinyTrainer } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { momentsInto } from "./training_probes.ts";

const PLAN: RunPlan = {
  totalSteps: 3,
  epochs: 1,
  warmupSteps: 0,
  loggingSteps: 1,
  evalSteps: 1,
  saveSteps: 1,
};

/** Events told to some callbacks, and what a reporter gets to see. */
async function withEvents(
  callbacks: readonly TrainerCallback[],
  use: (events: RunEvents, seen: { entries: unknown[]; lines: string[] }) => Promise<void>,
  values: Partial<ArgumentValues> = {},
): Promise<void> {
  const model = await tinyModel(await testGpu());
  const loss = new MultipleNegativesRankingLoss();
  const args = new SentenceTransformerTrainingArguments(values);
  const setup = setUpRun({ model, trainDataset: tinyPairs(4), loss }, args);
  const seen: { entries: unknown[]; lines: string[] } = { entries: [], lines: [] };
  const log = new RunLog(model.gpu, [{
    log: (entry) => seen.entries.push(entry),
    message: (line) => seen.lines.push(line),
  }], { batches: 1 });
  const handler = new CallbackHandler(callbacks);
  await use(new RunEvents(setup, { plan: PLAN, handler, log }), seen);
  log.destroy();
  model.destroy();
}

Deno.test("RunEvents.call gives callbacks the run, and what belongs to the moment", async () => {
  const found: CallbackRun[] = [];
  const callback = { name: "seen", onEvaluate: (run: CallbackRun) => void found.push(run) };
  await withEvents([callback], async (events, { lines }) => {
    const metrics = { eval_loss: 1 };
    await events.call("onEvaluate", { metrics });
    await events.call("onTrainBegin");
    const [{ message, ...run }] = found;
    assertEquals(found.length, 1);
    assertStrictEquals(run.state, events.state);
    assertStrictEquals(run.control, events.control);
    assertStrictEquals(run.metrics, metrics);
    assertEquals([run.plan, run.args.seed, run.model.store.size > 0], [PLAN, 42, true]);
    message!("a line");
    assertEquals(lines, ["a line"]);
  });
});

Deno.test("RunEvents.write lets callbacks change an entry, for reporters and history", async () => {
  const change = {
    name: "change",
    onLog: ({ logs }: CallbackRun) => {
      logs!.extra = 2 * logs!.loss;
      delete logs!.grad_norm;
    },
  };
  await withEvents([change], async (events, { entries }) => {
    Object.assign(events.state, { globalStep: 2, epoch: 0.5 });
    const entry = { loss: 3, grad_norm: 1 };
    const whole = await events.write(entry);
    assertEquals(whole, { loss: 3, extra: 6, epoch: 0.5, step: 2 });
    assertEquals(entries, [whole]);
    assertEquals(events.state.logHistory, [whole]);
    assertEquals(entry, { loss: 3, grad_norm: 1 }, "what was given is not changed");
  });
});

Deno.test("RunEvents.write adds the tokens seen where they are asked for", async () => {
  await withEvents([], async (events) => {
    events.state.tokensSeen = 77;
    assertEquals(await events.write({ loss: 1 }), {
      ...{ loss: 1, num_input_tokens_seen: 77 },
      ...{ epoch: 0, step: 0 },
    });
  }, { includeNumInputTokensSeen: true });
});

Deno.test("RunEvents gives hooks for those moments alone that someone listens to", async () => {
  await withEvents([], (events) => {
    const { substepEnd, preOptimizerStep, optimizerStep } = events.hooks();
    assertEquals([substepEnd, preOptimizerStep, optimizerStep, events.onBatch()], [
      ...[undefined, undefined, undefined, undefined],
    ]);
    return Promise.resolve();
  });
  const told: unknown[] = [];
  const callback: TrainerCallback = {
    name: "told",
    onPreOptimizerStep: () => void told.push("before"),
    onPredictionStep: ({ evaluation }) => void told.push(evaluation),
  };
  await withEvents([callback], async (events) => {
    const { substepEnd, preOptimizerStep, optimizerStep } = events.hooks();
    assertEquals([substepEnd, optimizerStep], [undefined, undefined]);
    await preOptimizerStep!();
    const place = { dataset: "dev", batch: 1, batches: 2 };
    await events.onBatch()!(place);
    assertEquals(told, ["before", place]);
  });
});

Deno.test("RunEvents keeps the states of callbacks, and gives them back", async () => {
  const counts = (name: string, count: number): TrainerCallback & { count: number } => ({
    name,
    count,
    state() {
      return { args: {}, attributes: { count: this.count } };
    },
    restore({ attributes }) {
      this.count = attributes.count as number;
    },
  });
  const kept: Record<string, unknown>[] = [];
  await withEvents([counts("mine", 4), counts("other", 5)], (events) => {
    events.control.shouldEpochStop = true;
    events.keepStates();
    kept.push(events.state.callbackStates);
    return Promise.resolve();
  });
  const mine = counts("mine", 0);
  await withEvents([mine, new EarlyStoppingCallback()], (events, { lines }) => {
    events.state.callbackStates = JSON.parse(JSON.stringify(kept[0]));
    events.restoreStates();
    assertEquals([mine.count, events.control.shouldEpochStop], [4, true]);
    assertEquals(lines, ["The checkpoint has states of callbacks that are not here: other"]);
    return Promise.resolve();
  });
  await withEvents([mine, counts("other", 0)], (events, { lines }) => {
    events.state.callbackStates = kept[0];
    events.restoreStates();
    assertEquals(lines, []);
    return Promise.resolve();
  });
});

Deno.test("a whole run tells its moments in the order of the contract", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const told: string[] = [];
    const trainer = await tinyTrainer(gpu, {
      outputDir,
      perDeviceTrainBatchSize: 2,
      gradientAccumulationSteps: 3,
      numTrainEpochs: 2,
      loggingSteps: 2,
      evaluationStrategy: "epoch",
      saveStrategy: "epoch",
      perDeviceEvalBatchSize: 2,
    }, {
      trainDataset: tinyPairs(8),
      evalDataset: tinyPairs(3, "dev"),
      callbacks: [momentsInto(told)],
    });
    assertEquals(told, []);
    await trainer.train();
    const whole = [
      ...["onStepBegin", "onSubstepEnd", "onSubstepEnd"],
      ...["onPreOptimizerStep", "onOptimizerStep", "onStepEnd"],
    ];
    const short = ["onStepBegin", "onPreOptimizerStep", "onOptimizerStep", "onStepEnd"];
    const judged = ["onPredictionStep", "onPredictionStep", "onLog", "onEvaluate", "onSave"];
    const epoch = ["onEpochBegin", ...whole, ...short, "onLog", "onEpochEnd", ...judged];
    assertEquals(told, [
      ...["onInitEnd", "onTrainBegin"],
      ...[...epoch, ...epoch],
      ...["onLog", "onTrainEnd"],
    ]);
    await destroyTrainer(trainer);
  });
});

Deno.test("a step logs, evaluates and saves, in this order, before the next begins", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const told: string[] = [];
    const trainer = await tinyTrainer(gpu, {
      outputDir,
      maxSteps: 2,
      loggingSteps: 1,
      evaluationStrategy: "steps",
      evalSteps: 1,
      saveStrategy: "steps",
      saveSteps: 2,
    }, { evalDataset: tinyPairs(3, "dev"), callbacks: [momentsInto(told)] });
    await trainer.train();
    const step = ["onStepBegin", "onPreOptimizerStep", "onOptimizerStep", "onStepEnd", "onLog"];
    const judged = ["onPredictionStep", "onLog", "onEvaluate"];
    assertEquals(told, [
      ...["onInitEnd", "onTrainBegin", "onEpochBegin"],
      ...[...step, ...judged],
      ...[...step, ...judged, "onSave"],
      ...["onEpochEnd", "onLog", "onTrainEnd"],
    ]);
    await destroyTrainer(trainer);
  });
});

Deno.test("what a callback asks for while a record is logged is done after it", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const told: string[] = [];
    const asks: TrainerCallback = {
      name: "asks",
      onLog: ({ logs, control }) => {
        if (logs!.loss !== undefined) control.shouldEvaluate = control.shouldSave = true;
      },
    };
    const trainer = await tinyTrainer(gpu, { outputDir, maxSteps: 2, loggingSteps: 2 }, {
      evalDataset: tinyPairs(3, "dev"),
      callbacks: [asks, momentsInto(told)],
    });
    await trainer.train();
    const done = ["onLog", "onEvaluate", "onSave"];
    assertEquals(told.filter((moment) => done.includes(moment)), [
      ...["onLog", "onLog", "onEvaluate", "onSave"],
      "onLog",
    ]);
    await destroyTrainer(trainer);
  });
});
