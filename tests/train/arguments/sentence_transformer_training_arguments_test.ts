import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { Field } from "../../../src/train/arguments/field.ts";
import { argumentFields } from "../../../src/train/arguments/fields.ts";
import { jsonSchemaOf } from "../../../src/train/arguments/json_schema.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";

/** A value of the type that is not the default. */
function otherValue({ schema, default: value }: Field<unknown>): unknown {
  const { anyOf = [] } = jsonSchemaOf(schema);
  const choices = [jsonSchemaOf(schema), ...anyOf].flatMap(({ enum: values = [] }) => values);
  const candidates = [true, false, 5, 0.5, ...choices, "text", ["text"], { key: 1 }];
  return candidates.find((one) => one !== value && schema.safeParse(one).success);
}

Deno.test("SentenceTransformerTrainingArguments has the defaults of upstream", () => {
  const json = new SentenceTransformerTrainingArguments().toJson();
  assertEquals(Object.keys(json).length, 120);
  for (const [name, { default: value }] of argumentFields) {
    assertEquals(json[name], name === "disable_tqdm" ? false : value, name);
  }
});

Deno.test("SentenceTransformerTrainingArguments takes property names and is read-only", () => {
  const args = new SentenceTransformerTrainingArguments({ numTrainEpochs: 1, learningRate: 3e-3 });
  const epochs: number = args.numTrainEpochs;
  const best: string | null = args.metricForBestModel;
  assertEquals([epochs, best, args.learningRate], [1, null, 3e-3]);
  assertThrows(() => Object.assign(args, { numTrainEpochs: 2 }), TypeError);
});

Deno.test("SentenceTransformerTrainingArguments refuses what is unknown, wrong or contradictory", () => {
  const create = (values: Record<string, unknown>) => () =>
    new SentenceTransformerTrainingArguments(values);
  assertThrows(create({ numTrainEpoch: 1 }), UsageError, 'the nearest is "numTrainEpochs"');
  assertThrows(create({ seed: "1" }), UsageError, 'Cannot set seed to "1": wanted an integer');
  assertThrows(create({ loggingSteps: 0 }), UsageError, "Cannot set logging_steps to 0");
});

Deno.test("each of the 120 arguments is honoured, changes nothing, or is refused by name", () => {
  const seen: Record<string, number> = {};
  for (const [name, field] of argumentFields) {
    const { kind } = field.support;
    seen[kind] = (seen[kind] ?? 0) + 1;
    if (kind === "alias") continue;
    const value = kind === "partly"
      ? field.support.values.find((one) => one !== field.default)
      : otherValue(field);
    const create = () => SentenceTransformerTrainingArguments.fromJson({ [name]: value });
    if (kind === "refused") {
      assertThrows(create, UsageError, `Cannot set ${name} to `);
    } else if (name === "load_best_model_at_end") {
      assertThrows(create, UsageError, "make both");
    } else {
      assertEquals(create().toJson()[name], value, name);
    }
  }
  assertEquals(seen, { effect: 37, partly: 9, alias: 4, inert: 26, refused: 44 });
});

Deno.test("SentenceTransformerTrainingArguments.fromJson() reads upstream names and its own JSON", () => {
  const args = SentenceTransformerTrainingArguments.fromJson({
    output_dir: "out",
    eval_strategy: "steps",
    per_gpu_train_batch_size: 64,
    load_best_model_at_end: true,
  });
  assertEquals(args.perDeviceTrainBatchSize, 64);
  const again = SentenceTransformerTrainingArguments.fromJson(
    JSON.parse(JSON.stringify(args.toJson())),
  );
  assertEquals(again.toJson(), args.toJson());
  assertThrows(
    () => SentenceTransformerTrainingArguments.fromJson("out"),
    UsageError,
    'Cannot read training arguments: found "out", wanted an object',
  );
});

Deno.test("trainBatchSize and evalBatchSize are those of the one device", () => {
  const args = new SentenceTransformerTrainingArguments({
    perDeviceTrainBatchSize: 64,
    perDeviceEvalBatchSize: 128,
  });
  assertEquals([args.trainBatchSize, args.evalBatchSize], [64, 128]);
});

Deno.test("getWarmupSteps() takes warmup_steps, else the share rounded up", () => {
  const steps = (warmupSteps: number, warmupRatio: number) =>
    new SentenceTransformerTrainingArguments({ warmupSteps, warmupRatio }).getWarmupSteps(101);
  assertEquals([steps(7, 0.1), steps(0, 0.1), steps(0, 0), steps(0, 1)], [7, 11, 0, 101]);
});

Deno.test("nonDefaults() lists what differs, derived values included", () => {
  assertEquals(new SentenceTransformerTrainingArguments().nonDefaults(), {});
  const args = new SentenceTransformerTrainingArguments({
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
