import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { settleArguments } from "../../../src/train/arguments/settle_arguments.ts";

type Given = Partial<ArgumentValues>;

/** Asserts what some arguments become, and that settling twice changes nothing more. */
function assertSettled(given: Given, expected: Given): void {
  const settled = settleArguments(given);
  for (const [property, value] of Object.entries(expected)) {
    assertEquals(settled[property as keyof ArgumentValues], value, property);
  }
  assertEquals(settleArguments(settled), settled);
}

function assertRefused(given: Given, message: string): void {
  assertEquals(assertThrows(() => settleArguments(given), UsageError).message, message);
}

Deno.test("settleArguments() gives all 120 values, and keeps a null that is given", () => {
  assertEquals(Object.keys(settleArguments({})).length, 120);
  assertSettled({}, {
    outputDir: "trainer_output",
    evalSteps: null,
    doEval: false,
    metricForBestModel: null,
    greaterIsBetter: null,
  });
  assertSettled({ lengthColumnName: null, lrSchedulerKwargs: null }, {
    lengthColumnName: null,
    lrSchedulerKwargs: null,
  });
});

Deno.test("settleArguments() hands out no default that is shared", () => {
  settleArguments({}).lrSchedulerKwargs!.power = 2;
  assertEquals(settleArguments({}).lrSchedulerKwargs, {});
});

Deno.test("settleArguments() moves values from older names to those of today", () => {
  assertSettled({ perGpuTrainBatchSize: 32, perGpuEvalBatchSize: 16, noCuda: true }, {
    perDeviceTrainBatchSize: 32,
    perDeviceEvalBatchSize: 16,
    useCpu: true,
    perGpuTrainBatchSize: null,
    perGpuEvalBatchSize: null,
    noCuda: false,
  });
  assertSettled({ perGpuTrainBatchSize: null, perDeviceTrainBatchSize: 4 }, {
    perDeviceTrainBatchSize: 4,
  });
  assertSettled({ perGpuTrainBatchSize: 4, perDeviceTrainBatchSize: 4 }, {
    perDeviceTrainBatchSize: 4,
  });
});

Deno.test("settleArguments() refuses an older name that contradicts", () => {
  assertRefused(
    { perGpuTrainBatchSize: 32, perDeviceTrainBatchSize: 8 },
    "Cannot set per_gpu_train_batch_size to 32: it stands for per_device_train_batch_size, which " +
      "is 8; give one of them",
  );
  assertRefused(
    { adafactor: true },
    'Cannot set optim to "adafactor": not built yet in this version; use "adamw_torch"',
  );
});

Deno.test("settleArguments() puts the home directory into output_dir", () => {
  const home = Deno.env.get("HOME");
  try {
    Deno.env.set("HOME", "/h");
    assertSettled({ outputDir: "~/out" }, { outputDir: "/h/out" });
  } finally {
    if (home === undefined) Deno.env.delete("HOME");
    else Deno.env.set("HOME", home);
  }
});

Deno.test("settleArguments() evaluates as often as it logs unless told otherwise", () => {
  assertSettled({ evaluationStrategy: "steps" }, { evalSteps: 500, doEval: true });
  assertSettled({ evaluationStrategy: "steps", evalSteps: 0, loggingSteps: 0.1 }, {
    evalSteps: 0.1,
  });
  assertSettled({ evaluationStrategy: "steps", evalSteps: 20 }, { evalSteps: 20 });
  assertSettled({ evaluationStrategy: "epoch" }, { evalSteps: null, doEval: true });
});

Deno.test("settleArguments() refuses steps that never come, and parts of a step", () => {
  assertRefused(
    { loggingSteps: 0 },
    'Cannot set logging_steps to 0: logging_strategy is "steps"; give a distance of log lines, or ' +
      '"no" to logging_strategy',
  );
  assertRefused(
    { loggingSteps: 0, loggingStrategy: "no", evaluationStrategy: "steps" },
    'Cannot set evaluation_strategy to "steps": eval_steps and logging_steps are both 0; give ' +
      "eval_steps",
  );
  for (
    const [name, given] of [
      ["logging_steps", { loggingSteps: 1.5 }],
      ["eval_steps", { evalSteps: 1.5 }],
      ["save_steps", { saveSteps: 1.5 }],
    ] as const
  ) {
    assertRefused(
      given,
      `Cannot set ${name} to 1.5: wanted a whole number of steps, or a share of all steps below 1`,
    );
  }
});

Deno.test("settleArguments() chooses metric and direction of the best model", () => {
  const best = {
    loadBestModelAtEnd: true,
    evaluationStrategy: "epoch",
    saveStrategy: "epoch",
  } as const;
  assertSettled(best, { metricForBestModel: "loss", greaterIsBetter: false });
  assertSettled({ ...best, metricForBestModel: "eval_sts_loss" }, { greaterIsBetter: false });
  assertSettled({ ...best, metricForBestModel: "cosine_ndcg@10" }, { greaterIsBetter: true });
  assertSettled({ ...best, greaterIsBetter: true }, { greaterIsBetter: true });
  assertSettled({ metricForBestModel: "loss" }, { greaterIsBetter: false });
});

Deno.test("settleArguments() refuses a best model that no checkpoint holds", () => {
  assertRefused(
    { loadBestModelAtEnd: true, evaluationStrategy: "epoch" },
    'Cannot set load_best_model_at_end to true: evaluation_strategy is "epoch" and save_strategy ' +
      'is "steps"; make both "steps" or both "epoch"',
  );
  assertRefused(
    { loadBestModelAtEnd: true, saveStrategy: "no" },
    'Cannot set load_best_model_at_end to true: evaluation_strategy is "no" and save_strategy is ' +
      '"no"; make both "steps" or both "epoch"',
  );
});

Deno.test("settleArguments() wants save_steps to be a multiple of eval_steps for the best model", () => {
  const best = { loadBestModelAtEnd: true, evaluationStrategy: "steps" } as const;
  for (const [saveSteps, evalSteps] of [[200, 100], [100, 100], [0.3, 0.1], [1, 1]]) {
    assertSettled({ ...best, saveSteps, evalSteps }, { saveSteps, evalSteps });
  }
  for (const [saveSteps, evalSteps] of [[150, 100], [0.25, 0.1], [100, 0.1], [0.5, 5], [0, 5]]) {
    assertRefused(
      { ...best, saveSteps, evalSteps },
      `Cannot set load_best_model_at_end to true: save_steps is ${saveSteps} and eval_steps is ` +
        `${evalSteps}; make save_steps a multiple of eval_steps, both below 1 or neither`,
    );
  }
});

Deno.test("settleArguments() hides the progress bar where little is to be shown", () => {
  assertSettled({}, { disableTqdm: false });
  assertSettled({ logLevel: "error" }, { disableTqdm: true });
  assertSettled({ logLevel: "critical", disableTqdm: false }, { disableTqdm: false });
});
