import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OutputError } from "../../src/errors.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { evaluate, type EvaluateInputs } from "../../src/train/evaluate.ts";
import { testGpu } from "../support/gpu.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";

async function inputs(changes: Partial<EvaluateInputs>): Promise<EvaluateInputs> {
  return {
    model: await tinyModel(await testGpu()),
    datasets: [],
    loss: new MultipleNegativesRankingLoss(),
    batchSize: 4,
    dropLast: false,
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
  const { live } = whole.model.gpu.pool.counters;
  const { eval_loss, eval_samples_per_second } = await evaluate(whole);
  const part = async (...rows: number[]) =>
    (await evaluate({ ...whole, datasets: [dataset.select(rows)] })).eval_loss;
  const expected = (4 * await part(0, 1, 2, 3) + 2 * await part(4, 5)) / 6;
  assertAlmostEquals(eval_loss, expected, 1e-6);
  const dropped = await evaluate({ ...whole, dropLast: true });
  assertEquals(dropped.eval_loss, await part(0, 1, 2, 3));
  assertEquals(eval_samples_per_second > 0, true);
  assertEquals(whole.model.gpu.pool.counters.live, live);
  whole.model.destroy();
});

Deno.test("evaluate names the losses of several datasets, and the metrics of evaluators", async () => {
  const several = await inputs({
    datasets: [tinyPairs(4, "a"), tinyPairs(3, "b")],
    evaluators: [EVALUATOR],
  });
  assertEquals(Object.keys(await evaluate(several)), [
    "eval_a_loss",
    "eval_b_loss",
    "eval_dev_cosine_accuracy",
    "eval_runtime",
    "eval_samples_per_second",
    "eval_steps_per_second",
  ]);
  several.model.destroy();
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
    run.model.destroy();
  });
});
