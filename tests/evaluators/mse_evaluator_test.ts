import { assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { MSEEvaluator } from "../../src/evaluators/mse_evaluator.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(51);
const sourceTexts = ["one", "two", "three"];
const targetTexts = ["eins", "zwei", "drei"];
const teacher = new FakeEmbedder(sourceTexts.map((text) => [text, coarseVector(random, 4)]));
const student = new FakeEmbedder(targetTexts.map((text) => [text, coarseVector(random, 4)]));

async function expected(columns: number): Promise<number> {
  const [a, b] = [await teacher.encode(sourceTexts), await student.encode(targetTexts)];
  let sum = 0;
  for (let row = 0; row < 3; row++) {
    for (let c = 0; c < columns; c++) sum += (a.data[row * 4 + c] - b.data[row * 4 + c]) ** 2;
  }
  return 100 * sum / 3 / columns;
}

Deno.test("MSEEvaluator: the mean squared difference times -100; the teacher is asked once", async () => {
  const evaluator = new MSEEvaluator({ sourceTexts, targetTexts, teacher, name: "dev" });
  teacher.encoded.length = 0;
  const { metrics, csvRow } = await evaluator.evaluate(student);
  assertEquals(await evaluator.evaluate(student), { metrics, csvRow });
  assertEquals(teacher.encoded, [sourceTexts]);
  const mse = await expected(4);
  assertEquals(Object.keys(metrics), ["dev_negative_mse"]);
  assertAlmostEquals(metrics.dev_negative_mse, -mse, 1e-12);
  assertEquals(csvRow, [-metrics.dev_negative_mse]);
  assertEquals(evaluator.csvHeader, ["MSE"]);
  assertEquals(evaluator.csvFile, "mse_evaluation_dev_results.csv");
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], ["dev_negative_mse", true]);
});

Deno.test("MSEEvaluator: without a name, by given embeddings, cut", async () => {
  const given = await teacher.encode(sourceTexts);
  const evaluator = new MSEEvaluator({ sourceTexts, targetTexts, teacher: given, truncateDim: 2 });
  assertEquals(evaluator.csvFile, "mse_evaluation__results.csv");
  const { metrics } = await evaluator.evaluate(student);
  assertAlmostEquals(metrics.negative_mse, -await expected(2), 1e-12);
});

Deno.test("MSEEvaluator: refuses what it cannot measure", async () => {
  const options = { sourceTexts, targetTexts, teacher };
  assertThrows(
    () => new MSEEvaluator({ ...options, targetTexts: ["eins"] }),
    InputError,
    "3 source and 1",
  );
  const none = { ...options, sourceTexts: [], targetTexts: [] };
  assertThrows(() => new MSEEvaluator(none), InputError, "at least one");
  assertThrows(() => new MSEEvaluator({ ...options, truncateDim: 0 }), RangeError, "truncateDim 0");
  const narrow = new MSEEvaluator({ ...options, teacher: embeddingsOf([[1], [2], [3]]) });
  await assertRejects(() => narrow.evaluate(student), InputError, "found [3, 4], wanted [3, 1]");
});
