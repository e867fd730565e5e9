import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { settleArguments } from "../../../src/train/arguments/settle_arguments.ts";
import { settleBestModel } from "../../../src/train/arguments/settle_best_model.ts";

type Given = Partial<ArgumentValues>;

function assertSettled(given: Given, metric: string | null, greater: boolean | null): void {
  const values = { ...settleArguments({}), ...given };
  settleBestModel(values);
  assertEquals([values.metricForBestModel, values.greaterIsBetter], [metric, greater]);
}

function assertRefused(given: Given, message: string): void {
  const values = { ...settleArguments({}), ...given };
  assertEquals(assertThrows(() => settleBestModel(values), UsageError).message, message);
}

const best = {
  loadBestModelAtEnd: true,
  evaluationStrategy: "epoch",
  saveStrategy: "epoch",
} as const;

Deno.test("settleBestModel() chooses metric and direction of the best model", () => {
  assertSettled({}, null, null);
  assertSettled(best, "loss", false);
  assertSettled({ ...best, metricForBestModel: "eval_sts_loss" }, "eval_sts_loss", false);
  assertSettled({ ...best, metricForBestModel: "cosine_ndcg@10" }, "cosine_ndcg@10", true);
  assertSettled({ ...best, greaterIsBetter: true }, "loss", true);
  assertSettled({ metricForBestModel: "loss" }, "loss", false);
});

Deno.test("settleBestModel() chooses the metric of schedules that follow one, and wants evaluations", () => {
  for (const lrSchedulerType of ["reduce_lr_on_plateau", "greedy"] as const) {
    assertSettled({ lrSchedulerType, evaluationStrategy: "epoch" }, "loss", false);
    assertRefused(
      { lrSchedulerType },
      `Cannot set lr_scheduler_type to "${lrSchedulerType}": lr_scheduler_type ${lrSchedulerType} ` +
        'requires an eval strategy; give "steps" or "epoch" to evaluation_strategy',
    );
  }
});

Deno.test("settleBestModel() saves at each best metric only where there is one", () => {
  const saveStrategy = "best";
  assertSettled({ ...best, saveStrategy }, "loss", false);
  assertSettled(
    { saveStrategy, evaluationStrategy: "steps", evalSteps: 5, metricForBestModel: "map" },
    "map",
    true,
  );
  assertRefused(
    { saveStrategy, evaluationStrategy: "epoch" },
    'Cannot set save_strategy to "best": `args.metric_for_best_model` must be provided when using ' +
      "'best' save_strategy or if `args.load_best_model_at_end` is set to `True`.",
  );
  assertRefused(
    { saveStrategy, metricForBestModel: "map" },
    'Cannot set save_strategy to "best": evaluation_strategy is "no", so that no checkpoint is ' +
      'evaluated; make it "steps" or "epoch"',
  );
});

Deno.test("settleBestModel() refuses a best model that no checkpoint holds", () => {
  assertRefused(
    { loadBestModelAtEnd: true, evaluationStrategy: "epoch" },
    "Cannot set load_best_model_at_end to true: --load_best_model_at_end requires the save and eval " +
      "strategy to match, but found\n- Evaluation strategy: epoch\n- Save strategy: steps; " +
      'make both "steps" or both "epoch", or save_strategy "best"',
  );
  assertRefused(
    { loadBestModelAtEnd: true, saveStrategy: "no" },
    'Cannot set load_best_model_at_end to true: evaluation_strategy and save_strategy are both "no", ' +
      'so that there is no checkpoint to choose from; make both "steps" or both "epoch"',
  );
});

Deno.test("settleBestModel() wants save_steps to be a multiple of eval_steps", () => {
  const steps = { ...best, evaluationStrategy: "steps", saveStrategy: "steps" } as const;
  for (const [saveSteps, evalSteps] of [[200, 100], [100, 100], [0.3, 0.1], [1, 1]]) {
    assertSettled({ ...steps, saveSteps, evalSteps }, "loss", false);
  }
  const action =
    "Cannot set load_best_model_at_end to true: --load_best_model_at_end requires the " +
    "saving steps to be ";
  const remedy = " Make save_steps a multiple of eval_steps, both below 1 or neither";
  assertRefused(
    { ...steps, saveSteps: 150, evalSteps: 100 },
    `${action}a round multiple of the evaluation steps, but found 150, which is not a round multiple ` +
      `of 100.${remedy}`,
  );
  assertRefused(
    { ...steps, saveSteps: 0.25, evalSteps: 0.1 },
    `${action}a multiple of the evaluation steps, but found 0.25, which is not a multiple of 0.1.` +
      remedy,
  );
  for (const [saveSteps, evalSteps] of [[100, 0.1], [0.5, 5], [0, 5]]) {
    assertRefused(
      { ...steps, saveSteps, evalSteps },
      `${action}a multiple of the evaluation steps, which cannot get guaranteed when mixing ratio ` +
        `and absolute steps for save_steps ${saveSteps} and eval_steps ${evalSteps}.${remedy}`,
    );
  }
});
