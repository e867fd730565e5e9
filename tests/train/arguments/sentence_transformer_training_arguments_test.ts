import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";

Deno.test("SentenceTransformerTrainingArguments.fromJson() reads upstream names and its own JSON", () => {
  const args = SentenceTransformerTrainingArguments.fromJson({
    output_dir: "out",
    eval_strategy: "steps",
    per_gpu_train_batch_size: 64,
    load_best_model_at_end: true,
  });
  assertEquals(args.perDeviceTrainBatchSize, 64);
  for (const json of [args.toJson(), args.toDict(), JSON.parse(args.toJsonString())]) {
    const again = SentenceTransformerTrainingArguments.fromJson(JSON.parse(JSON.stringify(json)));
    assertEquals(again.toJson(), args.toJson());
    assertEquals(again.warnings, []);
  }
  assertThrows(
    () => SentenceTransformerTrainingArguments.fromJson("out"),
    UsageError,
    'Cannot read training arguments: found "out", wanted an object',
  );
});

Deno.test("SentenceTransformerTrainingArguments.fromJson() reads what upstream wrote", () => {
  const written = {
    ...new SentenceTransformerTrainingArguments({ outputDir: "out" }).toDict(),
    disable_tqdm: false,
    debug: [],
    fsdp: [],
    fsdp_config: { min_num_params: 0, xla: false, xla_fsdp_grad_ckpt: false },
    local_rank: 0,
    report_to: [],
    run_name: "out",
    logging_dir: "out/runs/Jan01_00-00-00_host",
    prediction_loss_only: true,
    ddp_broadcast_buffers: false,
    hub_token: "<HUB_TOKEN>",
    push_to_hub_token: "<PUSH_TO_HUB_TOKEN>",
    gradient_checkpointing_kwargs: { use_reentrant: false },
  };
  const args = SentenceTransformerTrainingArguments.fromJson(written);
  assertEquals([args.outputDir, args.hubToken, args.warnings], ["out", null, []]);
});

Deno.test("SentenceTransformerTrainingArguments.fromJson() is lenient on demand", () => {
  const config = { torch_compile: true, fsdp_config: "x.json", deepspeed: "zero.json", seed: 1 };
  assertThrows(() => SentenceTransformerTrainingArguments.fromJson(config), UsageError);
  const args = SentenceTransformerTrainingArguments.fromJson(config, { lenient: true });
  assertEquals([args.torchCompile, args.fsdpConfig, args.deepspeed, args.seed], [
    false,
    null,
    null,
    1,
  ]);
  assertEquals(args.warnings.map((warning) => warning.slice(0, warning.indexOf(":"))), [
    "Cannot set torch_compile to true",
    'Cannot set fsdp_config to "x.json"',
    'Cannot set deepspeed to "zero.json"',
  ]);
});

Deno.test("set methods chain and replace their whole group", () => {
  const args = new SentenceTransformerTrainingArguments({ seed: 7, weightDecay: 0.1, maxSteps: 9 });
  const again = args.setTraining({ learningRate: 1e-4, batchSize: 32 })
    .setEvaluate({ strategy: "steps", steps: 100, delay: null })
    .setTesting({ batchSize: 64 })
    .setSave({ strategy: "epoch", totalLimit: 2 })
    .setLogging({ steps: 10, level: "error" })
    .setOptimizer({ name: "sgd", learningRate: 2e-4, args: "momentum=0.9" })
    .setLrScheduler({ name: "cosine", warmupRatio: 0.05, maxSteps: 20 })
    .setDataloader({ trainBatchSize: 16, evalBatchSize: 24, samplerSeed: 3, dropLast: true });
  assertStrictEquals(again, args);
  assertEquals([args.seed, args.weightDecay, args.maxSteps], [42, 0, 20]);
  assertEquals([args.doTrain, args.doEval, args.doPredict], [true, true, true]);
  assertEquals([args.evalSteps, args.evalDelay], [100, 0]);
  assertEquals([args.saveStrategy, args.saveTotalLimit], ["epoch", 2]);
  assertEquals([args.loggingSteps, args.logLevel, args.disableTqdm], [10, "error", true]);
  assertEquals([args.loggingNanInfFilter, args.logOnEachNode, args.reportTo], [
    false,
    false,
    "none",
  ]);
  assertEquals([args.optim, args.learningRate, args.optimArgs], ["sgd", 2e-4, "momentum=0.9"]);
  assertEquals([args.lrSchedulerType, args.warmupRatio], ["cosine", 0.05]);
  assertEquals([args.trainBatchSize, args.evalBatchSize, args.dataSeed], [16, 24, 3]);
  assertEquals(args.dataloaderDropLast, true);
});

Deno.test("set methods derive anew what follows from their arguments", () => {
  const args = new SentenceTransformerTrainingArguments({ evaluationStrategy: "steps" });
  assertEquals([args.evalSteps, args.doEval], [500, true]);
  args.setLogging({ steps: 20 });
  assertEquals(args.evalSteps, 20);
  args.setEvaluate();
  assertEquals([args.evaluationStrategy, args.doEval, args.predictionLossOnly], [
    "no",
    false,
    true,
  ]);
  assertEquals(args.warnings, []);
});

Deno.test("set methods check at once, and change nothing where they fail", () => {
  const args = new SentenceTransformerTrainingArguments({
    loadBestModelAtEnd: true,
    evaluationStrategy: "epoch",
    saveStrategy: "epoch",
  });
  const before = args.toJson();
  const attempts: [() => unknown, string][] = [
    [() => args.setSave({ strategy: "steps" }), "requires the save and eval strategy to match"],
    [() => args.setSave({ strategy: "steps", steps: 0 }), "requires a positive value for `steps`."],
    [
      () => args.setTraining({ batchSize: 0 }),
      "Cannot set per_device_train_batch_size to 0: wanted",
    ],
    [
      () => args.setEvaluate({ strategy: "epoch", jitMode: true }),
      "Cannot set jit_mode_eval to true",
    ],
    [
      () => args.setPushToHub({ modelId: "me/x", strategy: "always" as "end" }),
      "always is not a valid HubStrategy, please select one of ['end', 'every_save',",
    ],
    [
      () => args.setOptimizer({ name: "adam" as "sgd" }),
      "adam is not a valid OptimizerNames, please select one of ['adamw_hf', 'adamw_torch',",
    ],
    [
      () => args.setLrScheduler({ name: "square" as "linear" }),
      "square is not a valid SchedulerType, please select one of ['linear', 'cosine',",
    ],
    [() => args.setTraining({ rows: 1 } as object), '"rows" is unknown'],
  ];
  for (const [attempt, message] of attempts) {
    assertThrows(attempt, UsageError, message);
    assertEquals(args.toJson(), before);
  }
  args.check();
});

Deno.test("set methods forget the older names of what they replace, and its warnings", () => {
  const args = new SentenceTransformerTrainingArguments(
    { perGpuTrainBatchSize: 32, adafactor: true, jitModeEval: true },
    { lenient: true },
  );
  assertEquals([args.trainBatchSize, args.optim, args.warnings.length], [32, "adafactor", 3]);
  args.setTraining({ batchSize: 4 }).setOptimizer();
  assertEquals([args.trainBatchSize, args.optim, args.warnings.length], [4, "adamw_torch", 1]);
  args.setTesting({ jitMode: true });
  assertEquals(args.warnings.length, 1);
  args.setTesting();
  assertEquals(args.warnings, []);
});

Deno.test("setPushToHub() sets what is uploaded, and shows no token", () => {
  const args = new SentenceTransformerTrainingArguments();
  args.setPushToHub({ modelId: "me/encoder", token: "secret" });
  assertEquals([args.pushToHub, args.hubModelId, args.hubToken], [true, "me/encoder", "secret"]);
  const shown = [JSON.stringify(args), args.toString(), args.toJsonString(), Deno.inspect(args)];
  assertEquals(shown.filter((text) => text.includes("secret")), []);
});
