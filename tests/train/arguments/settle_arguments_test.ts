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

function warningsOf(given: Given): string[] {
  const warnings: string[] = [];
  settleArguments(given, { warn: (warning) => warnings.push(warning) });
  return warnings;
}

function assertRefused(given: Given, message: string): void {
  assertEquals(assertThrows(() => settleArguments(given), UsageError).message, message);
}

Deno.test("settleArguments() gives all 122 values, and keeps a null that is given", () => {
  assertEquals(Object.keys(settleArguments({})).length, 120 + 2);
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

Deno.test("settleArguments() moves values from older names, and tells", () => {
  assertSettled({ noCuda: true, adafactor: true }, {
    noCuda: false,
    useCpu: true,
    adafactor: false,
    optim: "adafactor",
  });
  assertEquals(warningsOf({ noCuda: true }), [
    "no_cuda is deprecated: it sets use_cpu; give that in its place",
  ]);
});

Deno.test("settleArguments() puts the home directory into output_dir and logging_dir", () => {
  const home = Deno.env.get("HOME");
  try {
    Deno.env.set("HOME", "/h");
    assertSettled({ outputDir: "~/out", loggingDir: "~/runs" }, {
      outputDir: "/h/out",
      loggingDir: "/h/runs",
    });
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
    "Cannot set logging_steps to 0: logging strategy steps requires non-zero --logging_steps; give a " +
      'distance of log lines, or "no" to logging_strategy',
  );
  assertRefused(
    { loggingSteps: 0, loggingStrategy: "no", evaluationStrategy: "steps" },
    'Cannot set evaluation_strategy to "steps": evaluation strategy steps requires either non-zero ' +
      "--eval_steps or --logging_steps; give eval_steps",
  );
});

Deno.test("settleArguments() tells which steps evaluations follow", () => {
  assertEquals(warningsOf({ evaluationStrategy: "steps" }), [
    "using `logging_steps` to initialize `eval_steps` to 500",
  ]);
  assertEquals(warningsOf({ evaluationStrategy: "steps", evalSteps: 5 }), []);
});

Deno.test("settleArguments() starts evaluations at once where eval_delay is null", () => {
  assertSettled({ evalDelay: null }, { evalDelay: 0 });
  assertSettled({ evalDelay: 2 }, { evalDelay: 2 });
});

Deno.test("settleArguments() refuses two precisions at once with upstream's messages", () => {
  assertRefused(
    { fp16: true, bf16: true },
    "Cannot set fp16 and bf16 to true: At most one of fp16 and bf16 can be True, but not both",
  );
  assertRefused(
    { fp16FullEval: true, bf16FullEval: true },
    "Cannot set fp16_full_eval and bf16_full_eval to true: At most one of fp16 and bf16 can be True " +
      "for full eval, but not both",
  );
  assertSettled({ fp16: true, bf16FullEval: true }, { fp16: true, bf16FullEval: true });
});

Deno.test("settleArguments() refuses persistent workers where there are none", () => {
  assertRefused(
    { dataloaderPersistentWorkers: true },
    "Cannot set dataloader_persistent_workers to true: persistent_workers option needs " +
      "num_workers > 0; give dataloader_num_workers",
  );
  assertSettled({ dataloaderPersistentWorkers: true, dataloaderNumWorkers: 1 }, {
    dataloaderPersistentWorkers: true,
  });
});

Deno.test("settleArguments() tells which of two values is not used", () => {
  assertEquals(warningsOf({ warmupSteps: 5, warmupRatio: 0.1 }), [
    "Both warmup_ratio and warmup_steps given, warmup_steps will override any effect of " +
    "warmup_ratio during training",
  ]);
  assertEquals(warningsOf({ maxSteps: 5, numTrainEpochs: 2 }), [
    "max_steps is given, it will override any value given in num_train_epochs",
  ]);
  assertEquals(warningsOf({ useMpsDevice: true }), [
    "use_mps_device is deprecated: WebGPU uses Metal wherever it is there; leave it out",
  ]);
  for (const given of [{}, { warmupSteps: 5 }, { warmupRatio: 0.1 }, { maxSteps: 5 }]) {
    assertEquals(warningsOf(given), []);
  }
});

Deno.test("settleArguments() sets what sentence-transformers sets whatever is given", () => {
  assertSettled({ predictionLossOnly: false, ddpBroadcastBuffers: null, useCpu: true }, {
    predictionLossOnly: true,
    ddpBroadcastBuffers: false,
    dataloaderPinMemory: false,
  });
  assertSettled({}, { dataloaderPinMemory: true });
});

Deno.test("settleArguments() hides the progress bar where little is to be shown", () => {
  assertSettled({}, { disableTqdm: false });
  assertSettled({ logLevel: "error" }, { disableTqdm: true });
  assertSettled({ logLevel: "critical", disableTqdm: false }, { disableTqdm: false });
});
