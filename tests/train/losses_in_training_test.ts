import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { join } from "@std/path";
import { Dataset, type Label } from "../../src/data/dataset.ts";
import { SoftmaxLoss } from "../../src/losses/softmax_loss.ts";
import { LabelAccuracyEvaluator } from "../../src/evaluators/label_accuracy_evaluator.ts";
import { createLoss, LOSS_NAMES, type LossName } from "../../src/losses/names.ts";
import { testGpu } from "../support/gpu.ts";
import {
  bitsOf,
  destroyTrainer,
  tinyModel,
  tinyPairs,
  tinyTrainer,
} from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { denoisingDataset } from "../../src/data/denoising_dataset.ts";

const ROWS = 8;
const DIMENSION = 32;

/** The options that tests give; a tiny model has embeddings of 32 numbers. */
const OPTIONS: Partial<Record<LossName, Record<string, unknown>>> = {
  AdaptiveLayerLoss: { loss: "MultipleNegativesRankingLoss" },
  CachedGISTEmbedLoss: { mini_batch_size: 3 },
  CachedMultipleNegativesRankingLoss: { mini_batch_size: 3 },
  CachedMultipleNegativesSymmetricRankingLoss: { mini_batch_size: 3 },
  EmbedDistillLoss: { projection_dim: 8 },
  Matryoshka2dLoss: { loss: "MultipleNegativesRankingLoss", matryoshka_dims: [32, 8] },
  MatryoshkaLoss: { loss: "MultipleNegativesRankingLoss", matryoshka_dims: [32, 8] },
  SoftmaxLoss: { num_labels: 3 },
};

const labelled = (columns: number, label: (row: number) => Label): Dataset => {
  const texts = tinyPairs(ROWS).text("anchor");
  const column = (shift: number) =>
    Array.from({ length: ROWS }, (_, i) => texts.at((i + shift) % ROWS)!);
  return new Dataset({
    name: "labelled",
    texts: new Map(Array.from({ length: columns }, (_, i) => [`text${i}`, column(i)])),
    labels: Array.from({ length: ROWS }, (_, i) => label(i)),
  });
};
const vector = (size: number) => (row: number): Label =>
  Array.from({ length: size }, (_, i) => Math.sin(row + i) / 4);
const triplets = (): Dataset => {
  const texts = labelled(3, () => 0);
  return new Dataset({
    name: "triplets",
    texts: new Map(texts.columns.map((column) => [column, [...texts.text(column)]])),
  });
};
const singles = (): Dataset => {
  const texts = [...labelled(1, () => 0).text("text0")];
  return new Dataset({ name: "singles", texts: new Map([["text", texts]]) });
};
const denoising = () => denoisingDataset(singles());
const classes = () => labelled(1, (row) => row % 2);
const scored = () => labelled(2, (row) => row / ROWS);
const binary = () => labelled(2, (row) => row % 2);

/** Rows that each loss can use; pairs where nothing is said. */
const DATA: Partial<Record<LossName, () => Dataset>> = {
  AnglELoss: scored,
  BatchAllTripletLoss: classes,
  BatchHardSoftMarginTripletLoss: classes,
  BatchHardTripletLoss: classes,
  BatchSemiHardTripletLoss: classes,
  ContrastiveLoss: binary,
  ContrastiveTensionLoss: binary,
  ContrastiveTensionLossInBatchNegatives: singles,
  CoSENTLoss: scored,
  CosineSimilarityLoss: scored,
  DenoisingAutoEncoderLoss: denoising,
  DistillKLDivLoss: () => labelled(3, vector(2)),
  EmbedDistillLoss: () => labelled(1, vector(8)),
  MarginMSELoss: () => labelled(3, (row) => row / ROWS),
  MSELoss: () => labelled(1, vector(DIMENSION)),
  OnlineContrastiveLoss: binary,
  SoftmaxLoss: () => labelled(2, (row) => row % 3),
  TripletLoss: triplets,
};

interface Run {
  readonly name: LossName;
  readonly options: Record<string, unknown> | undefined;
}

const trainerFor = async (
  name: LossName,
  outputDir: string,
  { dropout = 0, options = OPTIONS[name] }: Partial<Run> & { dropout?: number } = {},
) => {
  const gpu = await testGpu();
  const guide = name.includes("GIST") ? await tinyModel(gpu) : undefined;
  const dataset = DATA[name]?.() ?? tinyPairs(ROWS);
  const trainer = await tinyTrainer(gpu, {
    outputDir,
    maxSteps: 3,
    perDeviceTrainBatchSize: 8,
    saveStrategy: "steps",
    saveSteps: 2,
    loggingSteps: 1,
    evaluationStrategy: "steps",
    evalSteps: 3,
  }, {
    dropout,
    guide,
    loss: createLoss(name, options),
    trainDataset: dataset,
    evalDataset: dataset,
  });
  return {
    trainer,
    close: async () => {
      await destroyTrainer(trainer);
      guide?.destroy();
    },
  };
};

/** Every loss, and those that train another way with other options. */
const RUNS: readonly Run[] = [
  ...LOSS_NAMES.map((name) => ({ name, options: OPTIONS[name] })),
  { name: "DenoisingAutoEncoderLoss", options: { tie_encoder_decoder: false } },
  { name: "AdaptiveLayerLoss", options: { loss: "DenoisingAutoEncoderLoss" } },
];

for (const { name, options } of RUNS) {
  const given = options === OPTIONS[name] ? "" : ` with ${JSON.stringify(options)}`;
  Deno.test(`${name}${given} trains a model, is evaluated, and goes on from a checkpoint bit for bit`, async () => {
    await withFolder({}, async (outputDir) => {
      const { trainer, close } = await trainerFor(name, outputDir, { dropout: 0.1, options });
      const before = await bitsOf(trainer.model);
      await trainer.train();
      const after = await bitsOf(trainer.model);
      assertNotEquals(after, before);
      const { logHistory } = trainer.state;
      const losses = logHistory.flatMap(({ loss }) => typeof loss === "number" ? [loss] : []);
      const evaluated = logHistory.flatMap(({ eval_loss }) => eval_loss ?? []);
      assertEquals([losses.length, evaluated.length], [3, 1]);
      assert([...losses, ...evaluated].every((value) => Number.isFinite(value)), losses.join());
      const last = logHistory.findLast(({ loss }) => loss !== undefined);
      await close();
      const second = await trainerFor(name, outputDir, { dropout: 0.1, options });
      await second.trainer.train(join(outputDir, "checkpoint-2"));
      assertEquals(await bitsOf(second.trainer.model), after);
      const resumed = second.trainer.state.logHistory.findLast(({ loss }) => loss !== undefined);
      assertEquals(resumed, last);
      await second.close();
    });
  });
}

Deno.test("DenoisingAutoEncoderLoss learns to say texts again out of their embeddings", async () => {
  const trainDataset = denoising();
  for (const tie_encoder_decoder of [true, false]) {
    const trainer = await tinyTrainer(await testGpu(), {
      maxSteps: 40,
      perDeviceTrainBatchSize: ROWS,
      learningRate: 5e-3,
      loggingSteps: 1,
      gradientCheckpointing: true,
    }, {
      loss: createLoss("DenoisingAutoEncoderLoss", { tie_encoder_decoder }),
      trainDataset,
    });
    await trainer.train();
    const losses = trainer.state.logHistory.flatMap(({ loss }) =>
      typeof loss === "number" ? [loss] : []
    );
    assertEquals(losses.length, 40);
    assert(losses.at(-1)! < losses[0] / 2, `from ${losses[0]} to ${losses.at(-1)}`);
    await destroyTrainer(trainer);
  }
});

Deno.test("losses in components are logged apart, in training and evaluation", async () => {
  await withFolder({}, async (outputDir) => {
    const { trainer, close } = await trainerFor("GlobalOrthogonalRegularizationLoss", outputDir);
    await trainer.train();
    const { components = [] } = createLoss("GlobalOrthogonalRegularizationLoss");
    assertEquals(components.length, 2);
    const entries = trainer.state.logHistory.filter(({ loss }) => loss !== undefined);
    for (const entry of entries as Record<string, number>[]) {
      const sum = components.reduce((total, key) => total + entry[key], 0);
      // Three sums of two f32 numbers, each rounded once.
      assert(
        Math.abs(sum - entry.loss) <= 4 * 2 ** -24 * Math.abs(entry.loss),
        JSON.stringify(entry),
      );
    }
    assertEquals(entries.length, 3);
    const evaluated = trainer.state.logHistory.find(({ eval_loss }) => eval_loss !== undefined)!;
    assert(components.every((key) => typeof evaluated[`eval_${key}`] === "number"));
    await close();
  });
});

Deno.test("SoftmaxLoss classifies for the evaluator of labels, from the checkpoint too", async () => {
  await withFolder({}, async (outputDir) => {
    const gpu = await testGpu();
    const dataset = labelled(2, (row) => row % 3);
    const train = async (from: string | false) => {
      const loss = new SoftmaxLoss({ num_labels: 3 });
      const [texts1, texts2] = dataset.columns.map((column) => [...dataset.text(column)]);
      const evaluator = new LabelAccuracyEvaluator({
        texts1,
        texts2,
        labels: dataset.labels as number[],
        classifier: loss,
      });
      const trainer = await tinyTrainer(gpu, {
        outputDir,
        maxSteps: 40,
        learningRate: 5e-3,
        perDeviceTrainBatchSize: 8,
        saveStrategy: "steps",
        saveSteps: 40,
      }, { loss, trainDataset: dataset, evaluators: [evaluator] });
      await trainer.train(from);
      const { eval_accuracy: accuracy } = await trainer.evaluate();
      await destroyTrainer(trainer);
      return accuracy;
    };
    // Eight pairs can be learnt by heart; guessing gives 3/8.
    const accuracy = await train(false);
    assert(accuracy > 0.7, `${accuracy}`);
    assertEquals(await train(join(outputDir, "checkpoint-40")), accuracy);
  });
});
