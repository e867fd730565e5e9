import { assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { TokenizerPool } from "../../src/data/tokenizer_pool.ts";
import { OutputError } from "../../src/errors.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { evaluate, type EvaluateInputs } from "../../src/train/evaluate.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

const LOSS = new MultipleNegativesRankingLoss();

async function inputs(changes: Partial<EvaluateInputs>): Promise<EvaluateInputs> {
  const model = await tinyModel(await testGpu());
  return {
    maker: { model, pool: new TokenizerPool(model.tokenizer, 0) },
    models: { model },
    datasets: [],
    lossFor: () => LOSS,
    batchSize: 4,
    dropLast: false,
    accumulationSteps: null,
    precision: "f32",
    evaluators: [],
    csvDirectory: null,
    epoch: 0.5,
    step: 10,
    ...changes,
  };
}

const EVALUATOR = new TripletEvaluator({
  name: "dev",
  anchors: ["a"],
  positives: ["a"],
  negatives: ["z y x"],
});

Deno.test("evaluate weighs the losses of batches by their rows, and leaves nothing behind", async () => {
  const dataset = tinyPairs(6);
  const whole = await inputs({ datasets: [dataset] });
  const { model } = whole.maker;
  const { live } = model.gpu.pool.counters;
  const { eval_loss, eval_samples_per_second } = await evaluate(whole);
  const part = async (...rows: number[]) =>
    (await evaluate({ ...whole, datasets: [dataset.select(rows)] })).eval_loss;
  const expected = (4 * await part(0, 1, 2, 3) + 2 * await part(4, 5)) / 6;
  assertAlmostEquals(eval_loss, expected, 1e-6);
  const dropped = await evaluate({ ...whole, dropLast: true });
  assertEquals(dropped.eval_loss, await part(0, 1, 2, 3));
  assertEquals(eval_samples_per_second > 0, true);
  assertEquals(model.gpu.pool.counters.live, live);
  model.destroy();
});

Deno.test("evaluate reads losses back as often as it is told, and finds the same", async () => {
  const run = await inputs({ datasets: [tinyPairs(11)], batchSize: 2 });
  const { gpu } = run.maker.model;
  const readings = async (accumulationSteps: number | null) => {
    const { read } = gpu;
    let count = 0;
    gpu.read = (tensor) => {
      count++;
      return read.call(gpu, tensor);
    };
    const { eval_loss } = await evaluate({ ...run, accumulationSteps });
    gpu.read = read;
    return { count, eval_loss };
  };
  const once = await readings(null);
  assertEquals(once.count, 1);
  for (const [steps, count] of [[1, 6], [2, 3], [4, 2], [6, 1], [100, 1]]) {
    assertEquals(await readings(steps), { count, eval_loss: once.eval_loss });
  }
  run.maker.model.destroy();
});

Deno.test("evaluate names the losses of several datasets, their mean, and metrics of evaluators", async () => {
  const several = await inputs({
    datasets: [tinyPairs(4, "a"), tinyPairs(3, "b")],
    evaluators: [EVALUATOR],
  });
  const metrics = await evaluate(several);
  assertEquals(Object.keys(metrics), [
    "eval_a_loss",
    "eval_b_loss",
    "eval_loss",
    "eval_dev_cosine_accuracy",
    "eval_runtime",
    "eval_samples_per_second",
    "eval_steps_per_second",
  ]);
  const mean = (4 * metrics.eval_a_loss + 3 * metrics.eval_b_loss) / 7;
  assertAlmostEquals(metrics.eval_loss, mean, 1e-9);
  several.maker.model.destroy();
});

Deno.test("evaluate uses the objective of each dataset, and tells of its batches", async () => {
  const places: unknown[] = [];
  const names: string[] = [];
  const run = await inputs({
    datasets: [tinyPairs(5, "a"), tinyPairs(3, "b")],
    lossFor: ({ name }) => {
      names.push(name);
      return LOSS;
    },
    onBatch: (place) => Promise.resolve(void places.push(place)),
  });
  await evaluate(run);
  assertEquals([...new Set(names)], ["a", "b"]);
  assertEquals(places, [
    { dataset: "a", batch: 1, batches: 2 },
    { dataset: "a", batch: 2, batches: 2 },
    { dataset: "b", batch: 1, batches: 1 },
  ]);
  run.maker.model.destroy();
});

Deno.test("evaluate computes with 16-bit operands where it is told", async () => {
  const run = await inputs({ datasets: [tinyPairs(4)] });
  const { eval_loss: exact } = await evaluate(run);
  let seen = 0;
  for (const [precision, bits] of [["f16", 11], ["bf16", 8]] as const) {
    const { eval_loss } = await evaluate({ ...run, precision });
    assertNotEquals(eval_loss, exact);
    // Scores are 20 times cosines whose operands have so many bits.
    assertAlmostEquals(eval_loss, exact, 20 * 8 * 2 ** -bits);
    seen++;
  }
  assertEquals(seen, 2);
  run.maker.model.destroy();
});

Deno.test("evaluate adds a row to the CSV file of each evaluator", async () => {
  await withFolder({ "file": "" }, async (folder) => {
    const csvDirectory = join(folder, "eval");
    const run = await inputs({ evaluators: [EVALUATOR], csvDirectory });
    await evaluate(run);
    await evaluate({ ...run, epoch: 1, step: 20 });
    const lines = (await Deno.readTextFile(join(csvDirectory, EVALUATOR.csvFile))).split("\n");
    assertEquals(lines.map((line) => line.split(",").slice(0, 2).join()), [
      "epoch,steps",
      "0.5,10",
      "1,20",
      "",
    ]);
    await assertRejects(
      () => evaluate({ ...run, csvDirectory: join(folder, "file", "eval") }),
      OutputError,
      "Cannot write",
    );
    run.maker.model.destroy();
  });
});

Deno.test("evaluate puts rows of other columns into a file of their own", async () => {
  await withFolder({}, async (csvDirectory) => {
    const other = { ...EVALUATOR, csvHeader: ["a", "b"], csvFile: EVALUATOR.csvFile };
    const evaluators = [EVALUATOR, {
      ...other,
      name: "",
      primaryMetric: "a",
      greaterIsBetter: true,
      evaluate: () => Promise.resolve({ metrics: { a: 1 }, csvRow: [1, 2] }),
    }];
    const run = await inputs({ evaluators, csvDirectory });
    await evaluate(run);
    await evaluate(run);
    const lines = async (name: string) =>
      (await Deno.readTextFile(join(csvDirectory, name))).trim().split("\n");
    const second = EVALUATOR.csvFile.replace(".csv", "_2.csv");
    assertEquals((await lines(EVALUATOR.csvFile)).length, 3);
    assertEquals(await lines(second), ["epoch,steps,a,b", "0.5,10,1,2", "0.5,10,1,2"]);
    run.maker.model.destroy();
  });
});
