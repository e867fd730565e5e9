import { assertEquals, assertStrictEquals } from "@std/assert";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { LogEntry } from "../../src/io/trainer_state.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { CallbackHandler } from "../../src/train/callbacks/callback_handler.ts";
import { MemoryTracker } from "../../src/train/memory_tracker.ts";
import { RunDuties } from "../../src/train/run_duties.ts";
import { RunEvents } from "../../src/train/run_events.ts";
import { RunLog } from "../../src/train/run_log.ts";
import { assembleRun, releaseParts } from "../../src/train/run_parts.ts";
import { setUpRun } from "../../src/train/run_setup.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { momentsInto, scores } from "./training_probes.ts";

interface Bench {
  duties: RunDuties;
  events: RunEvents;
  log: RunLog;
  /** Moments and records, in order. */
  seen: (string | string[])[];
  /** Keeps a loss, as a step does. */
  push: (loss: number) => void;
}

async function withDuties(
  values: Partial<ArgumentValues>,
  metrics: readonly number[],
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const gpu = await testGpu();
  await withFolder({}, async (outputDir) => {
    const model = await tinyModel(gpu);
    const args = new SentenceTransformerTrainingArguments({
      outputDir,
      skipMemoryMetrics: true,
      ...values,
    });
    const seen: Bench["seen"] = [];
    const setup = setUpRun({
      model,
      trainDataset: tinyPairs(8),
      loss: new MultipleNegativesRankingLoss(),
      evaluators: metrics.length > 0 ? [scores(metrics)] : [],
    }, args);
    const parts = assembleRun(setup, 4);
    const reporter = { log: (entry: LogEntry) => void seen.push(Object.keys(entry)) };
    const log = new RunLog(gpu, [reporter], { batches: 1 });
    const handler = new CallbackHandler([momentsInto(seen as string[])]);
    const events = new RunEvents(setup, { plan: parts.plan, handler, log });
    const memory = new MemoryTracker(gpu, false);
    const duties = new RunDuties({ setup, parts, log, events, memory });
    log.speed.start();
    const push = (loss: number) => {
      const [value, none] = [gpu.constant(loss), gpu.constant(0)];
      events.state.globalStep++;
      log.push(events.state.globalStep, { value, components: [], names: [] }, {
        norm: none,
        skipped: none,
      });
    };
    await work({ duties, events, log, seen, push });
    log.destroy();
    await releaseParts(parts);
    model.destroy();
  });
}

Deno.test("RunDuties logs, evaluates and saves in this order, and only what was asked for", async () => {
  const values = { metricForBestModel: "score", evaluationStrategy: "steps" } as const;
  await withDuties(values, [0.5], async ({ duties, events, seen, push }) => {
    push(2);
    await duties.act(false);
    assertEquals(seen, []);
    Object.assign(events.control, { shouldLog: true, shouldEvaluate: true, shouldSave: true });
    await duties.act(false);
    assertEquals(seen, [
      "onLog",
      ["loss", "grad_norm", "learning_rate", "epoch", "step"],
      "onLog",
      ["eval_score", "eval_runtime", "epoch", "step"],
      "onEvaluate",
      "onSave",
    ]);
    const { shouldLog, shouldEvaluate, shouldSave } = events.control;
    assertEquals([shouldLog, shouldEvaluate, shouldSave], [false, false, false]);
    assertEquals(duties.latest, { step: 1, metrics: duties.latest!.metrics });
    assertEquals([duties.latest!.metrics.eval_score, events.state.best?.metric], [0.5, 0.5]);
    duties.forget();
    assertStrictEquals(duties.latest, null);
  });
});

Deno.test("RunDuties reads losses where something needs them, and at the end", async () => {
  await withDuties({}, [], async ({ duties, events, log, push }) => {
    push(2);
    await duties.act(false);
    assertEquals([log.unreadSteps, events.state.meanLoss], [1, 0]);
    push(4);
    await duties.act(true);
    assertEquals([log.unreadSteps, events.state.meanLoss], [0, 3]);
    push(6);
    await duties.read();
    assertEquals([log.unreadSteps, events.state.meanLoss], [0, 4]);
  });
});

Deno.test("RunDuties saves what is better, where the best is to be saved", async () => {
  const values: Partial<ArgumentValues> = {
    metricForBestModel: "score",
    evaluationStrategy: "steps",
    saveStrategy: "best",
  };
  await withDuties(values, [1, 0, 2], async ({ duties, events, seen, push }) => {
    const saved: boolean[] = [];
    for (let i = 0; i < 3; i++) {
      push(1);
      events.control.shouldEvaluate = true;
      await duties.act(false);
      saved.push(seen.splice(0).includes("onSave"));
    }
    assertEquals(saved, [true, false, true]);
  });
});
