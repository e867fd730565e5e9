import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  BinaryClassificationEvaluator,
  type BinaryClassificationOptions,
} from "../../src/evaluators/binary_classification_evaluator.ts";
import { binaryMetrics } from "../../src/evaluators/binary_metrics.ts";
import { pairwiseSimilarity, SIMILARITIES } from "../../src/evaluators/similarity.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(22);
const texts1 = Array.from({ length: 40 }, (_, i) => `first ${i % 30}`);
const texts2 = Array.from({ length: 40 }, (_, i) => `second ${i % 25}`);
const labels: number[] = texts1.map(() => random() < 0.5 ? 1 : 0);
const vectors = [...new Set([...texts1, ...texts2])].map((text): [string, number[]] => [
  text,
  coarseVector(random, 4),
]);
const lookup = new Map(vectors);
const embed = (texts: readonly string[]) => embeddingsOf(texts.map((text) => lookup.get(text)!));
const KEYS = ["accuracy", "accuracy_threshold", "f1", "f1_threshold", "precision", "recall", "ap"]
  .concat("mcc");
const CSV = ["accuracy", "accuracy_threshold", "f1", "precision", "recall", "f1_threshold", "ap"]
  .concat("mcc");

for (const similarity of SIMILARITIES) {
  Deno.test(`BinaryClassificationEvaluator: ${similarity} with ties`, async () => {
    const evaluator = new BinaryClassificationEvaluator({ texts1, texts2, labels });
    const embedder = new FakeEmbedder(vectors, similarity);
    const { metrics, csvRow } = await evaluator.evaluate(embedder);
    const scores = pairwiseSimilarity(similarity, embed(texts1), embed(texts2));
    const expected: Record<string, number> = { ...binaryMetrics(scores, labels) };
    assertEquals(Object.keys(metrics), KEYS.map((key) => `${similarity}_${key}`));
    assertEquals(Object.values(metrics), KEYS.map((key) => expected[key]));
    assertEquals(csvRow, CSV.map((key) => expected[key]));
    assertEquals(evaluator.csvHeader, CSV.map((key) => `${similarity}_${key}`));
    assertEquals(evaluator.primaryMetric, `${similarity}_ap`);
    assertEquals(embedder.encoded.map((texts) => texts.length), [vectors.length]);
  });
}

Deno.test("BinaryClassificationEvaluator: names, maxima over similarities, width", async () => {
  const options = { texts1, texts2, labels, name: "dev", truncateDim: 2 };
  const evaluator = new BinaryClassificationEvaluator({
    ...options,
    scoreFunctions: ["dot", "manhattan"],
  });
  assertEquals(evaluator.csvFile, "binary_classification_evaluation_dev_results.csv");
  assertEquals(evaluator.primaryMetric, "dev_max_ap");
  const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(vectors));
  const keys = ["dot", "manhattan", "max"].flatMap((fn) => KEYS.map((key) => `dev_${fn}_${key}`));
  assertEquals(Object.keys(metrics), keys);
  for (const key of KEYS) {
    const [dot, manhattan] = [metrics[`dev_dot_${key}`], metrics[`dev_manhattan_${key}`]];
    assertEquals(metrics[`dev_max_${key}`], Math.max(dot, manhattan));
  }
  assertEquals([csvRow.length, evaluator.csvHeader.length], [16, 16]);
  const short = vectors.map(([text, vector]): [string, number[]] => [text, vector.slice(0, 2)]);
  const whole = new BinaryClassificationEvaluator({ ...options, truncateDim: undefined });
  const alone = new BinaryClassificationEvaluator(options);
  assertEquals(
    (await alone.evaluate(new FakeEmbedder(vectors))).csvRow,
    (await whole.evaluate(new FakeEmbedder(short))).csvRow,
  );
});

Deno.test("BinaryClassificationEvaluator: refuses what it cannot measure", () => {
  const make = (options: Partial<BinaryClassificationOptions>) => () =>
    new BinaryClassificationEvaluator({ texts1, texts2, labels, ...options });
  assertThrows(make({ texts1: ["a"] }), InputError, "found 1 first texts, 40 second texts");
  assertThrows(make({ texts1: [], texts2: [], labels: [] }), InputError, "at least one");
  const wrong = labels.with(2, 0.5);
  assertThrows(make({ labels: wrong }), InputError, "label 3 is 0.5, wanted 0 or 1");
  assertThrows(make({ truncateDim: 0 }), RangeError, "truncateDim 0");
});
