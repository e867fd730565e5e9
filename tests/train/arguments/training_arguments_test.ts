import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import type { Field } from "../../../src/train/arguments/field.ts";
import { argumentFields, type ArgumentName } from "../../../src/train/arguments/fields.ts";
import { jsonSchemaOf } from "../../../src/train/arguments/json_schema.ts";
import { TrainingArguments } from "../../../src/train/arguments/training_arguments.ts";
import { upstreamOrder } from "../../../src/train/arguments/upstream_order.ts";

/** A value of the type that is not the default. */
function otherValue({ schema, check, refuses, default: value }: Field<unknown>): unknown {
  const { anyOf = [] } = jsonSchemaOf(schema);
  const choices = [jsonSchemaOf(schema), ...anyOf].flatMap(({ enum: values = [] }) => values);
  const zero = { zero_optimization: { stage: 2 } };
  const pairs = [{ use_reentrant: true }, { bias: 0.5 }, zero, "shard_grad_op"];
  const candidates = [true, false, 5, 0.5, ...choices, "text", "a=1", ["text"], ...pairs, "none"];
  return candidates.find((one) =>
    one !== value && schema.safeParse(one).success && (check?.(one) ?? null) === null &&
    (refuses?.(one) ?? null) === null
  );
}

/** What the defaults become where they are not kept. */
const SETTLED: Partial<Record<ArgumentName, unknown>> = {
  disable_tqdm: false,
  prediction_loss_only: true,
  ddp_broadcast_buffers: false,
};

Deno.test("TrainingArguments has the defaults of upstream", () => {
  const json = new TrainingArguments().toJson();
  assertEquals(Object.keys(json).length, 120 + 2);
  for (const [name, { default: value }] of argumentFields) {
    assertEquals(json[name], name in SETTLED ? SETTLED[name] : value, name);
  }
});

Deno.test("TrainingArguments takes property names and is read-only", () => {
  const args = new TrainingArguments({ numTrainEpochs: 1, learningRate: 3e-3 });
  const epochs: number = args.numTrainEpochs;
  const best: string | null = args.metricForBestModel;
  assertEquals([epochs, best, args.learningRate], [1, null, 3e-3]);
  assertThrows(() => Object.assign(args, { numTrainEpochs: 2 }), TypeError);
  assertThrows(() => Object.assign(args, { worldSize: 2 }), TypeError);
  assertThrows(() => Object.assign(args, { more: 2 }), TypeError);
  assertThrows(() => Object.assign(args.lrSchedulerKwargs!, { power: 2 }), TypeError);
  assertEquals(Object.keys(args).length, 120 + 2);
});

Deno.test("TrainingArguments is not changed by what it was made of", () => {
  const learningRateMapping: Record<string, number> = { bias: 1 };
  const args = new TrainingArguments({ learningRateMapping });
  learningRateMapping.bias = 2;
  assertEquals(args.learningRateMapping, { bias: 1 });
});

Deno.test("TrainingArguments refuses what is unknown, wrong or contradictory", () => {
  const create = (values: Record<string, unknown>) => () => new TrainingArguments(values);
  assertThrows(create({ numTrainEpoch: 1 }), UsageError, 'the nearest is "numTrainEpochs"');
  assertThrows(create({ seed: "1" }), UsageError, 'Cannot set seed to "1": wanted an integer');
  assertThrows(create({ loggingSteps: 0 }), UsageError, "Cannot set logging_steps to 0");
});

/** What an argument needs beside it. */
const COMPANIONS: Partial<Record<ArgumentName, Partial<ArgumentValues>>> = {
  load_best_model_at_end: { evaluationStrategy: "steps" },
  dataloader_persistent_workers: { dataloaderNumWorkers: 1 },
};

Deno.test("each of the 122 arguments is honoured, changes nothing, or is refused by name", () => {
  const seen: Record<string, number> = {};
  for (const [name, field] of argumentFields) {
    const { kind } = field.support;
    seen[kind] = (seen[kind] ?? 0) + 1;
    const value = kind === "partly"
      ? field.support.values.find((one) => one !== field.default)
      : otherValue(field);
    assert(value !== undefined, name);
    if (kind === "alias") continue;
    const values = { ...COMPANIONS[name], [name]: value };
    const create = (lenient: boolean) => new TrainingArguments(values, { lenient });
    if (kind === "refused") {
      assertThrows(() => create(false), UsageError, `Cannot set ${name} to `);
      const args = create(true);
      assertEquals(args.toJson()[name], field.default, name);
      assertEquals(args.warnings.length, 1, name);
      assert(args.warnings[0].startsWith(`Cannot set ${name} to `), name);
    } else {
      const expected = SETTLED[name] !== undefined && kind !== "effect" ? SETTLED[name] : value;
      const shown = name === "hub_token" ? "<HUB_TOKEN>" : expected;
      assertEquals(create(false).toJson()[name], shown, name);
    }
  }
  assertEquals(seen, { effect: 83, partly: 5, alias: 9, refused: 17, inert: 8 });
});

Deno.test("warnings tell of older names, refusals and values that are not used, and cannot be changed", () => {
  const args = new TrainingArguments({
    noCuda: true,
    torchCompile: true,
    useMpsDevice: true,
    warmupSteps: 3,
    warmupRatio: 0.1,
  }, { lenient: true });
  assertEquals(args.warnings.map((warning) => warning.split(" ", 3).join(" ")), [
    "Cannot set torch_compile",
    "no_cuda is deprecated:",
    "Both warmup_ratio and",
    "use_mps_device is deprecated:",
  ]);
  assertThrows(() => (args.warnings as string[]).push("more"), TypeError);
  assertEquals(new TrainingArguments().warnings, []);
});

Deno.test("arguments of later versions alone are refused, or ignored with a warning that stays", () => {
  const values = { seed: 7, eval_on_start: true } as Partial<ArgumentValues>;
  const refusal =
    "Cannot set eval_on_start: a later version of the original has it; this one does not";
  assertThrows(() => new TrainingArguments(values), UsageError, refusal);
  const args = new TrainingArguments(values, { lenient: true });
  args.check();
  assertEquals([args.seed, [...args.warnings]], [7, [`${refusal}; it is ignored`]]);
  assertEquals("eval_on_start" in args.toJson(), false);
});

Deno.test("properties tell of one process on one device", () => {
  const args = new TrainingArguments();
  assertEquals([args.device, args.nGpu, args.parallelMode], ["webgpu", 1, "not_parallel"]);
  assertEquals([args.worldSize, args.processIndex, args.localProcessIndex], [1, 0, 0]);
  assertEquals([args.shouldLog, args.shouldSave, args.placeModelOnDevice], [true, true, true]);
  assertEquals(args.ddpTimeoutDelta, 1_800_000);
  const onCpu = new TrainingArguments({ useCpu: true });
  assertEquals([onCpu.device, onCpu.nGpu, onCpu.dataloaderPinMemory], ["cpu", 0, false]);
});

Deno.test("trainBatchSize and evalBatchSize are those of the one device", () => {
  const args = new TrainingArguments({ perDeviceTrainBatchSize: 64, perDeviceEvalBatchSize: 128 });
  assertEquals([args.trainBatchSize, args.evalBatchSize], [64, 128]);
});

Deno.test("getProcessLogLevel() gives Python's numbers", () => {
  const levels = ["debug", "info", "warning", "error", "critical", "passive", null] as const;
  assertEquals(
    levels.map((logLevel) => new TrainingArguments({ logLevel }).getProcessLogLevel()),
    [10, 20, 30, 40, 50, 30, 30],
  );
});

Deno.test("getWarmupSteps() takes warmup_steps, else warmup_ratio, shares rounded up", () => {
  const steps = (warmupSteps: number, warmupRatio: number) =>
    new TrainingArguments({ warmupSteps, warmupRatio }).getWarmupSteps(101);
  assertEquals([steps(7, 0.1), steps(0, 0.1), steps(0, 0), steps(0, 1)], [7, 11, 0, 101]);
  assertEquals([steps(0.5, 0.1), steps(1, 0)], [51, 1]);
});

Deno.test("mainProcessFirst() runs the work and gives its result", async () => {
  const args = new TrainingArguments();
  assertEquals(args.mainProcessFirst(() => 3), 3);
  assertEquals(await args.mainProcessFirst(() => Promise.resolve(4), { local: false }), 4);
});

Deno.test("takePlace() says which of several processes this is", () => {
  const barrier = () => Promise.resolve();
  const args = new TrainingArguments();
  args.takePlace({ rank: 5, size: 8, localRank: 1, barrier });
  assertEquals([args.worldSize, args.processIndex, args.localProcessIndex], [8, 5, 1]);
  assertEquals([args.parallelMode, args.shouldLog, args.shouldSave], ["distributed", false, false]);
  const each = new TrainingArguments({ saveOnEachNode: true });
  each.takePlace({ rank: 4, size: 8, localRank: 0, barrier });
  assertEquals([each.shouldLog, each.shouldSave], [true, true]);
});

Deno.test("check() lets pass what has been checked, and looks again", () => {
  const [home, profile] = [Deno.env.get("HOME"), Deno.env.get("USERPROFILE")];
  const args = new TrainingArguments({ torchCompile: true }, { lenient: true });
  args.check();
  assertEquals(args.warnings.length, 1);
  try {
    Deno.env.set("HOME", "/h");
    const below = new TrainingArguments({ outputDir: "~/out" });
    Deno.env.delete("HOME");
    Deno.env.delete("USERPROFILE");
    assertThrows(() => below.check(), UsageError, "Cannot find ~/out");
  } finally {
    if (home !== undefined) Deno.env.set("HOME", home);
    if (profile !== undefined) Deno.env.set("USERPROFILE", profile);
  }
});

Deno.test("toDict() and toJsonString() hide tokens and hold all else", () => {
  const args = new TrainingArguments({ seed: 1 });
  const dict = args.toDict();
  assertEquals(Object.keys(dict), [...upstreamOrder]);
  assertEquals(Object.keys(args.toJson()), [...upstreamOrder]);
  assertEquals(Object.keys(JSON.parse(args.toJsonString())), [...upstreamOrder]);
  assertEquals([dict.seed, dict.hub_token, dict.push_to_hub_token], [
    1,
    "<HUB_TOKEN>",
    "<PUSH_TO_HUB_TOKEN>",
  ]);
  assertEquals(args.toJsonString(), JSON.stringify(dict, null, 2));
  assert(args.toJsonString().startsWith('{\n  "output_dir": "trainer_output",\n'));
  assertEquals(JSON.stringify(args), JSON.stringify(args.toJson()));
  assertEquals(args.toJson().hub_token, null);
});

Deno.test("toSanitizedDict() adds the batch sizes, and makes texts of what services do not take", () => {
  const dict = new TrainingArguments({ perDeviceTrainBatchSize: 4 }).toSanitizedDict();
  assertEquals(Object.keys(dict).length, 120 + 2 + 2);
  assertEquals([dict.train_batch_size, dict.eval_batch_size, dict.seed, dict.fp16], [
    4,
    8,
    42,
    false,
  ]);
  assertEquals([dict.data_seed, dict.lr_scheduler_kwargs, dict.hub_token], [
    "None",
    "{}",
    "<HUB_TOKEN>",
  ]);
});

Deno.test("toString() and the console show a line an argument by name", () => {
  const args = new TrainingArguments();
  const lines = args.toString().split("\n");
  assertEquals(lines.length, 120 + 2 - 2 + 2);
  assertEquals([lines[0], lines.at(-1)], ["TrainingArguments(", ")"]);
  assertEquals(lines.slice(1, -1), lines.slice(1, -1).toSorted());
  assert(lines.includes("seed=42,") && lines.includes("hub_token=<HUB_TOKEN>,"));
  assertEquals(Deno.inspect(args), args.toString());
});

Deno.test("nonDefaults() lists what differs, derived values included", () => {
  assertEquals(new TrainingArguments().nonDefaults(), {});
  const args = new TrainingArguments({
    learningRate: 3e-3,
    evaluationStrategy: "steps",
    lrSchedulerKwargs: {},
    seed: 42,
  });
  assertEquals(args.nonDefaults(), {
    learning_rate: 3e-3,
    evaluation_strategy: "steps",
    eval_steps: 500,
    do_eval: true,
  });
});
