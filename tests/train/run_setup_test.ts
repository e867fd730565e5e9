import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Dataset } from "../../src/data/dataset.ts";
import { UsageError } from "../../src/errors.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { ArgumentValues } from "../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { namedDatasets, type RunSetup, setUpRun } from "../../src/train/run_setup.ts";
import type { TrainerInputs } from "../../src/train/trainer_inputs.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { withTinyBert } from "../support/model_directory.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { scores } from "./training_probes.ts";

const LOSS = new MultipleNegativesRankingLoss();
const MODEL = await tinyModel(await testGpu());

function setUp(
  inputs: Partial<TrainerInputs>,
  values: Partial<ArgumentValues> = {},
): RunSetup {
  return setUpRun(
    { model: MODEL, trainDataset: tinyPairs(4), loss: LOSS, ...inputs },
    new SentenceTransformerTrainingArguments(values),
  );
}

/** A loss without classes, for rows with labels. */
function plainLoss(): Loss {
  const loss = new MultipleNegativesRankingLoss();
  return Object.assign(loss, { name: "PlainLoss", smoothsLabels: false });
}

Deno.test("setUpRun takes one dataset, a list of them, or some by name", () => {
  const [a, b] = [tinyPairs(4, "a"), tinyPairs(3, "b")];
  const names = ({ trainDatasets, evalDatasets }: RunSetup) => [
    trainDatasets.datasets.map(({ name, length }) => [name, length]),
    evalDatasets.map(({ name, length }) => [name, length]),
  ];
  assertEquals(names(setUp({ trainDataset: a })), [[["a", 4]], []]);
  assertEquals(names(setUp({ trainDataset: [b, a], evalDataset: a })), [
    [["b", 3], ["a", 4]],
    [["a", 4]],
  ]);
  assertEquals(names(setUp({ trainDataset: { x: a, y: b }, evalDataset: { z: b } })), [
    [["x", 4], ["y", 3]],
    [["z", 3]],
  ]);
});

Deno.test("namedDatasets renames those of a record and leaves the others as they are", () => {
  const [a, b] = [tinyPairs(4, "a"), tinyPairs(3, "b")];
  assertStrictEquals(namedDatasets(a)[0], a);
  assertStrictEquals(namedDatasets([b, a])[1], a);
  const [x] = namedDatasets({ x: a });
  assertEquals([x.name, x.text("anchor"), a.name], ["x", a.text("anchor"), "a"]);
  assertEquals(namedDatasets([]), []);
});

Deno.test("setUpRun gives each dataset its loss", () => {
  const [first, second] = [LOSS, new MultipleNegativesRankingLoss({ scale: 5 })];
  const trainDataset = { a: tinyPairs(4), b: tinyPairs(3) };
  const same = setUp({ trainDataset, evalDataset: tinyPairs(2, "other") });
  for (const dataset of [...same.trainDatasets.datasets, ...same.evalDatasets]) {
    assertStrictEquals(same.lossFor(dataset), LOSS);
  }
  const loss = { b: second, a: first, unused: first };
  const each = setUp({ trainDataset, evalDataset: { b: tinyPairs(2) }, loss });
  assertStrictEquals(each.lossFor(each.trainDatasets.datasets[0]), first);
  assertStrictEquals(each.lossFor(each.trainDatasets.datasets[1]), second);
  assertStrictEquals(each.lossFor(each.evalDatasets[0]), second);
});

Deno.test("setUpRun refuses losses by name that leave a dataset without one", () => {
  const loss = { pairs: LOSS, titles: LOSS };
  assertThrows(
    () => setUp({ trainDataset: { pairs: tinyPairs(4), title: tinyPairs(4) }, loss }),
    UsageError,
    "If the provided `loss` is a dict, then all keys from the `train_dataset`",
  );
  assertThrows(
    () => setUp({ trainDataset: { pairs: tinyPairs(4), title: tinyPairs(4) }, loss }),
    UsageError,
    'must occur in `loss` also; found pairs, titles, missing "title"; the nearest is "titles"',
  );
  assertThrows(
    () => setUp({ trainDataset: { pairs: tinyPairs(4) }, evalDataset: tinyPairs(2, "dev"), loss }),
    UsageError,
    "all keys from the `eval_dataset`",
  );
  // A name that every object has is none of the losses.
  assertThrows(
    () => setUp({ trainDataset: { constructor: tinyPairs(4) }, loss }),
    UsageError,
    'missing "constructor"',
  );
});

Deno.test("setUpRun refuses losses by name for one dataset", () => {
  assertThrows(
    () => setUp({ trainDataset: tinyPairs(4, "a"), loss: { a: LOSS } }),
    UsageError,
    "If the provided `loss` is a dict, then the `train_dataset` must be a `DatasetDict`",
  );
});

Deno.test("setUpRun has every loss look at the columns of its datasets", () => {
  const single = new Dataset({ name: "single", texts: new Map([["text", ["a", "b"]]]) });
  for (const inputs of [{ trainDataset: single }, { evalDataset: single }]) {
    assertThrows(() => setUp(inputs), UsageError, 'found as text columns "text"');
  }
});

Deno.test("setUpRun refuses label smoothing where a loss has no classes", () => {
  const values = { labelSmoothingFactor: 0.1 };
  assertEquals(setUp({}, values).args.labelSmoothingFactor, 0.1);
  assertThrows(
    () => setUp({ loss: plainLoss() }, values),
    UsageError,
    "Cannot set label_smoothing_factor to 0.1: PlainLoss",
  );
  setUp({ loss: plainLoss() });
  // One of several is enough.
  assertThrows(
    () =>
      setUp({
        trainDataset: { a: tinyPairs(4), b: tinyPairs(4) },
        loss: { a: LOSS, b: plainLoss() },
      }, values),
    UsageError,
    "PlainLoss",
  );
});

Deno.test("setUpRun checks prompts against all datasets", () => {
  const both = { trainDataset: tinyPairs(4, "a"), evalDataset: tinyPairs(4, "dev") };
  setUp(both, { prompts: { dev: "x: ", anchor: "y: " } });
  assertThrows(
    () => setUp({ trainDataset: tinyPairs(4, "a") }, { prompts: { dev: "x: " } }),
    UsageError,
    'Cannot set prompts: "dev" is no dataset or column',
  );
});

Deno.test("setUpRun wants rows or an evaluator where evaluations are asked for", () => {
  for (const evaluationStrategy of ["steps", "epoch"] as const) {
    for (const inputs of [{}, { evalDataset: [], evaluators: [] }, { evalDataset: {} }]) {
      assertThrows(
        () => setUp(inputs, { evaluationStrategy }),
        UsageError,
        `You have set \`args.eval_strategy\` to ${evaluationStrategy}, but you didn't provide`,
      );
    }
    setUp({ evalDataset: tinyPairs(2) }, { evaluationStrategy });
    const evaluators = [scores([])];
    assertEquals(setUp({ evaluators }, { evaluationStrategy }).evaluators, evaluators);
  }
  assertEquals(setUp({}).evaluators, []);
});

Deno.test("setUpRun refuses to train on nothing, and two datasets of one name", () => {
  for (const nothing of [[], {}]) {
    assertThrows(() => setUp({ trainDataset: nothing }), UsageError, "trainDataset has no dataset");
  }
  // Evaluation datasets too: their losses would share a key, and one of them would be lost.
  const twins = [tinyPairs(4, "a"), tinyPairs(3, "a")];
  for (const inputs of [{ trainDataset: twins }, { evalDataset: twins }]) {
    assertThrows(() => setUp(inputs), UsageError, 'are called "a"');
  }
});

Deno.test("setUpRun refuses an evaluation dataset of which no batch would be left", () => {
  const values = { dataloaderDropLast: true, perDeviceEvalBatchSize: 8 };
  const evalDataset = [tinyPairs(8, "large"), tinyPairs(7, "small")];
  assertThrows(() => setUp({ evalDataset }, values), UsageError, '"small", which has 7 rows');
  setUp({ evalDataset }, { ...values, dataloaderDropLast: false });
  setUp({ evalDataset: evalDataset[0] }, values);
});

Deno.test("setUpRun refuses models that cannot train, or cannot give what a loss wants", () => {
  assertThrows(
    () => setUp({ model: undefined }),
    UsageError,
    "Cannot train: model is undefined, wanted a SentenceTransformer",
  );
  const wanting = (wants: Loss["wants"]): Loss =>
    Object.assign(new MultipleNegativesRankingLoss(), { name: "Wanting", wants });
  const loss = wanting({ guide: true });
  assertThrows(() => setUp({ loss }), UsageError, "Cannot train with Wanting: it wants a guide");
  assertStrictEquals(setUp({ loss, guide: MODEL }).models.guide, MODEL);
  const cache = { miniBatchSize: 2, miniBatchTokens: null };
  for (
    const [other, text] of [
      ["layers", "all layers"],
      ["twin", "a second model"],
      ["reconstruction", "a decoder"],
    ]
  ) {
    assertThrows(() => setUp({ loss: wanting({ cache, [other]: true }) }), UsageError, text);
  }
});

Deno.test("setUpRun makes a second model with the same parameters where a loss wants one", async () => {
  const loss = Object.assign(new MultipleNegativesRankingLoss(), { wants: { twin: true } });
  const { models, lossStores } = setUp({ loss });
  const first = await MODEL.store.download();
  const second = await models.twin!.store.download();
  assertEquals([...second.keys()], [...first.keys()].map((name) => `twin.${name}`));
  assertEquals([...second.values()], [...first.values()]);
  assertEquals(lossStores.stores, [models.twin!.store]);
  lossStores.destroy();
  assertEquals(setUp({}).models.twin, undefined);
});

Deno.test("setUpRun makes a decoder for each loss that wants one", () => {
  const loss = Object.assign(new MultipleNegativesRankingLoss(), {
    wants: { reconstruction: { tied: true } },
  });
  const { models, lossStores } = setUp({ loss });
  assertEquals([...models.decoders!.keys()], [loss]);
  assertEquals(lossStores.stores, models.decoders!.get(loss)!.stores);
  lossStores.destroy();
  assertEquals(setUp({}).models.decoders!.size, 0);
});

Deno.test("setUpRun refuses a model that was loaded without gradients", async () => {
  await withTinyBert({}, async (directory) => {
    const model = await SentenceTransformer.load(await testGpu(), directory);
    assertThrows(() => setUp({ model }), UsageError, "load it with { trainable: true }");
    model.destroy();
  });
});

Deno.test("setUpRun names the losses that fit where there is none, or the one given does not fit", () => {
  assertThrows(
    () => setUp({ loss: undefined }),
    UsageError,
    'Cannot train: there is no loss; for the text columns "anchor", "positive" without labels these fit: MultipleNegativesRankingLoss, ',
  );
  assertThrows(() => setUp({ loss: undefined }), UsageError, "; give one as loss");
  const trainDataset = new Dataset({ name: "a", texts: new Map([["body", ["x", "y"]]]) });
  assertThrows(
    () => setUp({ trainDataset }),
    UsageError,
    '"body" without labels these fit: ContrastiveTensionLossInBatchNegatives, ',
  );
  const failing = Object.assign(plainLoss(), {
    checkColumns: () => {
      throw new TypeError("a defect");
    },
  });
  assertThrows(() => setUp({ loss: failing }), TypeError, "a defect");
});

Deno.test("setUpRun refuses two evaluators of one name", () => {
  assertThrows(
    () => setUp({ evaluators: [scores([]), scores([])] }),
    UsageError,
    "two evaluators write scores.csv; give each a name of its own",
  );
});
