import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { planRun } from "../../src/train/run_plan.ts";
import { Timeline } from "../../src/train/timeline.ts";

/** Epochs of 10 steps. */
const TIMELINE = new Timeline({
  steps: () => 10,
  batches: () => Array.from({ length: 10 }, () => new Uint32Array(1)),
}, 1);

function plan(values: Partial<ArgumentValues>) {
  return planRun(new SentenceTransformerTrainingArguments(values), TIMELINE);
}

Deno.test("planRun takes epochs, or steps where they are given", () => {
  assertEquals([plan({ numTrainEpochs: 2.5 }).totalSteps, plan({}).totalSteps], [25, 30]);
  const { totalSteps, epochs } = plan({ numTrainEpochs: 2.5, maxSteps: 7 });
  assertEquals([totalSteps, epochs], [7, 0.7]);
});

Deno.test("planRun warms up by steps, or by a share of all", () => {
  assertEquals(plan({ warmupRatio: 0.11 }).warmupSteps, 4);
  assertEquals(plan({ warmupRatio: 0.11, warmupSteps: 9 }).warmupSteps, 9);
});

Deno.test("planRun turns shares into steps; evaluation follows logging", () => {
  const { loggingSteps, evalSteps, saveSteps } = plan({ loggingSteps: 0.1, saveSteps: 0.34 });
  assertEquals([loggingSteps, evalSteps, saveSteps], [3, 3, 11]);
  assertEquals(plan({ loggingSteps: 5, evalSteps: 4 }).evalSteps, 4);
});

Deno.test("planRun refuses a run of no steps", () => {
  assertThrows(() => plan({ numTrainEpochs: 0 }), UsageError, "num_train_epochs is 0");
});
