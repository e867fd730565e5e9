import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { similarityMatrix } from "../../src/evaluators/similarity.ts";
import { TranslationEvaluator } from "../../src/evaluators/translation_evaluator.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(61);
const sourceTexts = Array.from({ length: 30 }, (_, i) => `source ${i}`);
const targetTexts = Array.from({ length: 30 }, (_, i) => `target ${i}`);
const sources = sourceTexts.map(() => coarseVector(random, 4));
const targets = sources.map((vector) => vector.map((value) => value + Math.floor(random() * 2)));
const embedder = new FakeEmbedder([
  ...sourceTexts.map((text, i): [string, number[]] => [text, sources[i]]),
  ...targetTexts.map((text, i): [string, number[]] => [text, targets[i]]),
], "dot");

Deno.test("TranslationEvaluator: cosines in both directions, the first of equal ones", async () => {
  const evaluator = new TranslationEvaluator({ sourceTexts, targetTexts, name: "dev" });
  const { metrics, csvRow } = await evaluator.evaluate(embedder);
  const accuracy = (a: number[][], b: number[][]) => {
    const scores = similarityMatrix("cosine", embeddingsOf(a), embeddingsOf(b));
    const rows = a.map((_, i) => scores.subarray(i * 30, (i + 1) * 30));
    return rows.filter((row, i) => row.indexOf(Math.max(...row)) === i).length / 30;
  };
  const [forward, back] = [accuracy(sources, targets), accuracy(targets, sources)];
  assertEquals(forward > 0.2 && forward < 1 && forward !== back, true);
  assertEquals(metrics, {
    dev_src2trg_accuracy: forward,
    dev_trg2src_accuracy: back,
    dev_mean_accuracy: (forward + back) / 2,
  });
  assertEquals([csvRow, evaluator.csvHeader], [[forward, back], ["src2trg", "trg2src"]]);
  assertEquals(evaluator.csvFile, "translation_evaluation_dev_results.csv");
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], ["dev_mean_accuracy", true]);
});

Deno.test("TranslationEvaluator: a NaN is nobody's translation; width", async () => {
  const texts = { sourceTexts: ["a", "b"], targetTexts: ["x", "y"] };
  const some = new FakeEmbedder([["a", [1, 0]], ["b", [0, 1]], ["x", [1, 0]], ["y", [NaN, 1]]]);
  assertEquals((await new TranslationEvaluator(texts).evaluate(some)).csvRow, [0.5, 0.5]);
  const cut = new TranslationEvaluator({ ...texts, truncateDim: 1 });
  const far = new FakeEmbedder([["a", [1, -9]], ["b", [-1, 9]], ["x", [1, 9]], ["y", [-1, -9]]]);
  assertEquals((await cut.evaluate(far)).csvRow, [1, 1]);
  assertEquals((await new TranslationEvaluator(texts).evaluate(far)).csvRow, [0, 0]);
});

Deno.test("TranslationEvaluator: refuses what it cannot measure", () => {
  assertThrows(
    () => new TranslationEvaluator({ sourceTexts, targetTexts: ["x"] }),
    InputError,
    "found 30 source and 1 target texts",
  );
  const none = { sourceTexts: [], targetTexts: [] };
  assertThrows(() => new TranslationEvaluator(none), InputError, "at least one");
  const texts = { sourceTexts, targetTexts, truncateDim: 0 };
  assertThrows(() => new TranslationEvaluator(texts), RangeError, "truncateDim 0");
});
