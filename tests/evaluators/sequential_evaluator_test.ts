import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { SequentialEvaluator } from "../../src/evaluators/sequential_evaluator.ts";
import { TranslationEvaluator } from "../../src/evaluators/translation_evaluator.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

const embedder = new FakeEmbedder([["a", [1, 0]], ["b", [0, 1]], ["x", [2, 1]], ["y", [3, 0]]]);
const triplet = new TripletEvaluator({ anchors: ["a"], positives: ["x"], negatives: ["b"] });
const translation = new TranslationEvaluator({ sourceTexts: ["a", "b"], targetTexts: ["x", "y"] });

Deno.test("SequentialEvaluator: all metrics, the last primary one as the score, all files", async () => {
  const evaluator = new SequentialEvaluator({ evaluators: [triplet, translation] });
  const { metrics, csvRow, further } = await evaluator.evaluate(embedder);
  assertEquals(metrics, {
    cosine_accuracy: 1,
    src2trg_accuracy: 0,
    trg2src_accuracy: 0.5,
    mean_accuracy: 0.25,
    sequential_score: 0.25,
  });
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], ["sequential_score", true]);
  assertEquals([evaluator.csvFile, evaluator.csvHeader, csvRow], [
    "sequential_evaluation_results.csv",
    ["sequential_score"],
    [0.25],
  ]);
  assertEquals(further, [
    { csvFile: triplet.csvFile, csvHeader: ["accuracy_cosine"], csvRow: [1] },
    { csvFile: translation.csvFile, csvHeader: ["src2trg", "trg2src"], csvRow: [0, 0.5] },
  ]);
});

Deno.test("SequentialEvaluator: another score, a name, one within another", async () => {
  const inner = new SequentialEvaluator({ evaluators: [triplet], name: "in" });
  const outer = new SequentialEvaluator({
    evaluators: [inner, translation],
    mainScoreFunction: (scores) => scores[0] * 10 + scores.length,
  });
  const { metrics, further } = await outer.evaluate(embedder);
  assertEquals([metrics.sequential_score, metrics.in_sequential_score], [12, 1]);
  assertEquals(further?.map(({ csvFile }) => csvFile), [
    "triplet_evaluation_results.csv",
    "sequential_evaluation_in_results.csv",
    "translation_evaluation_results.csv",
  ]);
});

Deno.test("SequentialEvaluator: wants an evaluator", () => {
  assertThrows(
    () => new SequentialEvaluator({ evaluators: [] }),
    InputError,
    "found no evaluators",
  );
});
