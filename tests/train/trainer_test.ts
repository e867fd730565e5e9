import { assert, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { InputError, UsageError } from "../../src/errors.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { readTrainerState } from "../../src/io/trainer_state.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import type { Progress } from "../../src/reporters/reporter.ts";
import { testGpu } from "../support/gpu.ts";
import {
  bitsOf,
  destroyTrainer,
  tinyPairs,
  tinyTrainer,
  withoutTimes,
} from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

function folderNames(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

const EVALUATOR = () =>
  new TripletEvaluator({
    name: "dev",
    anchors: ["a b", "c d"],
    positives: ["b a", "d c"],
    negatives: ["x y z", "q"],
  });

Deno.test("SentenceTransformerTrainer logs, evaluates and saves when it is told to", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const progress: Progress[] = [];
    const trainer = await tinyTrainer(gpu, {
      outputDir: folder,
      numTrainEpochs: 2.5,
      loggingSteps: 3,
      loggingFirstStep: true,
      evaluationStrategy: "steps",
      evalSteps: 2,
      evalDelay: 4,
      saveStrategy: "epoch",
      saveTotalLimit: 2,
    }, {
      evalDataset: [tinyPairs(5, "first"), tinyPairs(3, "second")],
      evaluators: [EVALUATOR()],
      reporters: [{ progress: (at) => progress.push(at) }],
    });
    const { globalStep, metrics } = await trainer.train();
    assertEquals([globalStep, trainer.plan.totalSteps], [8, 8]);
    const log = trainer.state.logHistory;
    const steps = (key: string) => log.filter((entry) => key in entry).map(({ step }) => step);
    assertEquals(steps("loss"), [1, 3, 6]);
    assertEquals(steps("eval_first_loss"), [4, 6, 8]);
    assertEquals(steps("eval_second_loss"), steps("eval_dev_cosine_accuracy"));
    assertEquals(steps("train_loss"), [8]);
    assertEquals(log.find(({ step }) => step === 1)!.learning_rate, 1e-3);
    assertEquals(folderNames(folder), [
      "checkpoint-6",
      "checkpoint-8",
      "eval",
      "trainer_state.json",
      "training_log.jsonl",
    ]);
    const csv = await Deno.readTextFile(join(folder, "eval", EVALUATOR().csvFile));
    assertEquals(csv.trimEnd().split("\n").length, 4);
    const file = await readTrainerState(folder);
    assertEquals(withoutTimes(file.log_history), withoutTimes(log));
    assertEquals([file.global_step, file.max_steps, file.num_train_epochs], [8, 8, 3]);
    assertEquals(progress.at(-1)!.step, 8);
    assert(Number(metrics.train_runtime) > 0);
    await trainer.destroy();
    trainer.model.destroy();
  });
});

Deno.test("SentenceTransformerTrainer saves what loads again, with its card", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "out");
    const trainer = await tinyTrainer(gpu, { outputDir, maxSteps: 2, saveStrategy: "steps" });
    await trainer.train();
    await trainer.saveModel(join(outputDir, "final"));
    const texts = ["a b c", "", "x ".repeat(1000)];
    const expected = await trainer.model.encode(texts);
    for (const name of ["final", "checkpoint-2"]) {
      const model = await SentenceTransformer.load(gpu, join(outputDir, name));
      assertEquals(await model.encode(texts), expected);
      const card = await Deno.readTextFile(join(outputDir, name, "README.md"));
      assert(card.includes("MultipleNegativesRankingLoss"));
      model.destroy();
    }
    await trainer.destroy();
    trainer.model.destroy();
  });
});

Deno.test("SentenceTransformerTrainer ends with the best of its checkpoints", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const trainer = await tinyTrainer(gpu, {
      outputDir: folder,
      maxSteps: 6,
      // A rate that rises until training comes apart: an early checkpoint is the best.
      learningRate: 0.3,
      lrSchedulerType: "constant_with_warmup",
      warmupSteps: 6,
      evaluationStrategy: "steps",
      evalSteps: 1,
      saveStrategy: "steps",
      saveSteps: 1,
      saveTotalLimit: 1,
      loadBestModelAtEnd: true,
    }, { evalDataset: tinyPairs(6, "dev") });
    await trainer.evaluate();
    await trainer.train();
    const { best } = trainer.state;
    const losses = trainer.state.logHistory.filter(({ step }) => step !== 0)
      .flatMap((entry) => "eval_loss" in entry ? [Number(entry.eval_loss)] : []);
    assertEquals(best!.metric, Math.min(...losses));
    assert(best!.step < 6, `the best is step ${best!.step}`);
    assertEquals(folderNames(folder).filter((name) => name.startsWith("checkpoint")), [
      `checkpoint-${best!.step}`,
    ]);
    const saved = await SentenceTransformer.load(gpu, join(folder, `checkpoint-${best!.step}`));
    assertEquals(await bitsOf(trainer.model), await bitsOf(saved));
    for (const model of [saved, trainer.model]) model.destroy();
    await trainer.destroy();
  });
});

Deno.test("SentenceTransformerTrainer trains on several datasets, each batch of one", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const trainDataset = [tinyPairs(8, "a"), tinyPairs(4, "b")];
    const trainer = await tinyTrainer(gpu, {
      outputDir: folder,
      numTrainEpochs: 1,
      multiDatasetBatchSampler: "round_robin",
    }, { trainDataset });
    assertEquals(trainer.plan.totalSteps, 2);
    await trainer.train();
    await trainer.destroy();
    trainer.model.destroy();
  });
});

Deno.test("SentenceTransformerTrainer refuses what cannot go well before it begins", async () => {
  const gpu = await testGpu();
  await withFolder({}, async (folder) => {
    const outputDir = join(folder, "out");
    await assertRejects(
      () => tinyTrainer(gpu, { evaluationStrategy: "steps" }),
      UsageError,
      "You have set `args.eval_strategy` to steps, but you didn't provide",
    );
    const trainer = await tinyTrainer(gpu, { outputDir, maxSteps: 1 });
    await assertRejects(
      () => trainer.train(true),
      InputError,
      "No valid checkpoint found in output directory",
    );
    await assertRejects(
      () => trainer.train(join(folder, "gone")),
      InputError,
      "trainer_state.json is missing",
    );
    assertEquals(folderNames(folder), []);
    await trainer.destroy();
    trainer.model.destroy();
  });
});

Deno.test("SentenceTransformerTrainer does one thing at a time, and nothing after its end", async () => {
  const trainer = await tinyTrainer(await testGpu(), { maxSteps: 1 }, {
    evalDataset: tinyPairs(4),
  });
  const first = trainer.train();
  for (const second of [() => trainer.train(), () => trainer.evaluate()]) {
    await assertRejects(second, TypeError, "it is at work");
  }
  await first;
  await trainer.evaluate();
  await destroyTrainer(trainer);
  await assertRejects(() => trainer.train(), TypeError, "it was destroyed");
});

Deno.test("SentenceTransformerTrainer goes by its arguments as they are when training begins", async () => {
  const trainer = await tinyTrainer(await testGpu(), { maxSteps: 5, loggingSteps: 5 });
  trainer.args.setTraining({ maxSteps: 2, learningRate: 0 });
  trainer.args.setLogging({ steps: 1 });
  const before = await bitsOf(trainer.model);
  const { globalStep } = await trainer.train();
  const logged = trainer.state.logHistory.filter(({ loss }) => loss !== undefined);
  assertEquals([globalStep, logged.length], [2, 2]);
  assertEquals(await bitsOf(trainer.model), before);
  await destroyTrainer(trainer);
});

Deno.test("SentenceTransformerTrainer refuses to evaluate nothing", async () => {
  const trainer = await tinyTrainer(await testGpu(), { maxSteps: 1 });
  await assertRejects(
    () => trainer.evaluate(),
    UsageError,
    "Trainer: evaluation requires an eval_dataset",
  );
  await trainer.train();
  await destroyTrainer(trainer);
});

Deno.test("SentenceTransformerTrainer knows the metrics of an evaluation before it trains", async () => {
  const trainer = await tinyTrainer(await testGpu(), {
    maxSteps: 1,
    metricForBestModel: "dev_accuracy",
    evaluationStrategy: "steps",
  }, { evaluators: [EVALUATOR()] });
  await trainer.evaluate();
  const before = await bitsOf(trainer.model);
  await assertRejects(
    () => trainer.train(),
    UsageError,
    'metric_for_best_model is "dev_accuracy", the evaluation gave',
  );
  assertEquals(await bitsOf(trainer.model), before);
  await destroyTrainer(trainer);
});
