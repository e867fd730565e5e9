import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  LabelAccuracyEvaluator,
  type LabelClassifier,
} from "../../src/evaluators/label_accuracy_evaluator.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

const texts1 = ["a", "b", "a", "b"];
const texts2 = ["x", "x", "y", "y"];
const embedder = new FakeEmbedder([["a", [0, 5]], ["b", [1, 5]], ["x", [0, 5]], ["y", [2, 5]]]);
/** The sum of the first dimensions. */
const classifier: LabelClassifier = {
  classify: (a, b) =>
    Array.from({ length: a.rows }, (_, i) => a.data[i * a.columns] + b.data[i * b.columns]),
};

Deno.test("LabelAccuracyEvaluator: the share of pairs that get their class", async () => {
  const labels = [0, 1, 2, 0];
  const evaluator = new LabelAccuracyEvaluator({ texts1, texts2, labels, classifier, name: "dev" });
  assertEquals(await evaluator.evaluate(embedder), {
    metrics: { dev_accuracy: 0.75 },
    csvRow: [0.75],
  });
  assertEquals(evaluator.csvHeader, ["accuracy"]);
  assertEquals(evaluator.csvFile, "accuracy_evaluation_dev_results.csv");
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], ["dev_accuracy", true]);
});

Deno.test("LabelAccuracyEvaluator: waits for a classifier, which sees what is kept", async () => {
  const slow: LabelClassifier = {
    classify: (a, b) => Promise.resolve([a.columns, b.columns, a.rows, b.rows]),
  };
  const labels = [1, 1, 4, 4];
  const options = { texts1, texts2, labels, classifier: slow, truncateDim: 1 };
  assertEquals((await new LabelAccuracyEvaluator(options).evaluate(embedder)).csvRow, [1]);
});

Deno.test("LabelAccuracyEvaluator: refuses what it cannot measure", async () => {
  const options = { texts1, texts2, labels: [0, 0, 0, 0], classifier };
  assertThrows(
    () => new LabelAccuracyEvaluator({ ...options, labels: [1] }),
    InputError,
    "found 4 first texts, 4 second texts and 1 labels",
  );
  assertThrows(() => new LabelAccuracyEvaluator({ ...options, truncateDim: 0 }), RangeError, "0");
  const short = new LabelAccuracyEvaluator({ ...options, classifier: { classify: () => [0] } });
  await assertRejects(() => short.evaluate(embedder), TypeError, "gave 1 classes for 4 pairs");
});
