import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { pairwiseSimilarity, SIMILARITIES } from "../../src/evaluators/similarity.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(8);
const anchors = Array.from({ length: 50 }, (_, i) => `anchor ${i}`);
const positives = Array.from({ length: 50 }, (_, i) => `positive ${i}`);
const negatives = Array.from({ length: 50 }, (_, i) => `negative ${i}`);
const vectors = [...anchors, ...positives, ...negatives].map((text): [string, number[]] => [
  text,
  coarseVector(random, 3),
]);
const lookup = new Map(vectors);

function embed(texts: readonly string[]) {
  return embeddingsOf(texts.map((text) => lookup.get(text)!));
}

for (const similarity of SIMILARITIES) {
  Deno.test(`TripletEvaluator: ${similarity} with ties and a margin`, async () => {
    const toPositive = pairwiseSimilarity(similarity, embed(anchors), embed(positives));
    const toNegative = pairwiseSimilarity(similarity, embed(anchors), embed(negatives));
    const ties = toPositive.filter((score, i) => score === toNegative[i]).length;
    assertEquals(ties > 0, true);
    for (const margin of [0, 1, -1]) {
      const evaluator = new TripletEvaluator({ anchors, positives, negatives, margin });
      const result = await evaluator.evaluate(new FakeEmbedder(vectors, similarity));
      const won = toPositive.filter((score, i) => score > toNegative[i] + margin).length;
      assertEquals(result.metrics, { [`${similarity}_accuracy`]: won / 50 });
      assertEquals(result.csvRow, [won / 50]);
      assertEquals(evaluator.csvHeader, [`accuracy_${similarity}`]);
      assertEquals(evaluator.primaryMetric, `${similarity}_accuracy`);
    }
  });
}

Deno.test("TripletEvaluator: an equal score and a NaN lose", async () => {
  const evaluator = new TripletEvaluator({
    anchors: ["a", "a", "a", "a"],
    positives: ["near", "near", "nan", "near"],
    negatives: ["far", "near", "far", "nan"],
    name: "dev",
  });
  const embedder = new FakeEmbedder([
    ["a", [1, 0]],
    ["near", [1, 0.5]],
    ["far", [-1, 0]],
    ["nan", [NaN, 0]],
  ]);
  const { metrics } = await evaluator.evaluate(embedder);
  assertEquals(metrics, { "dev_cosine_accuracy": 0.25 });
  assertEquals(evaluator.primaryMetric, "dev_cosine_accuracy");
  assertEquals(evaluator.csvFile, "triplet_evaluation_dev_results.csv");
  assertEquals(evaluator.greaterIsBetter, true);
});

Deno.test("TripletEvaluator: several similarities, a margin each, and the maximum", async () => {
  const scoreFunctions = ["cosine", "dot"] as const;
  const triplets = { anchors, positives, negatives, scoreFunctions };
  const evaluator = new TripletEvaluator({ ...triplets, margin: { dot: 1000 } });
  const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(vectors));
  assertEquals(Object.keys(metrics), ["cosine_accuracy", "dot_accuracy", "max_accuracy"]);
  assertEquals(metrics.dot_accuracy, 0);
  assertEquals(metrics.cosine_accuracy > 0, true);
  assertEquals(metrics.max_accuracy, metrics.cosine_accuracy);
  assertEquals(csvRow, [metrics.cosine_accuracy, 0]);
  assertEquals(evaluator.csvHeader, ["accuracy_cosine", "accuracy_dot"]);
  assertEquals(evaluator.primaryMetric, "max_accuracy");
  const chosen = new TripletEvaluator({ ...triplets, mainScoreFunction: "dot" });
  assertEquals(chosen.primaryMetric, "dot_accuracy");
});

Deno.test("TripletEvaluator: as many texts of each kind, and at least one", () => {
  assertThrows(
    () => new TripletEvaluator({ anchors: ["a"], positives: ["p"], negatives: [] }),
    InputError,
    "found 1 anchors, 1 positives and 0 negatives",
  );
  assertThrows(
    () => new TripletEvaluator({ anchors: [], positives: [], negatives: [] }),
    InputError,
    "at least one",
  );
});

Deno.test("TripletEvaluator: compares the first dimensions only", async () => {
  const triplet = { anchors: ["a"], positives: ["p"], negatives: ["n"] };
  const far: [string, number[]][] = [["a", [1, 9]], ["p", [1, -9]], ["n", [-1, 9]]];
  const accuracies = [undefined, 1].map(async (truncateDim) => {
    const evaluator = new TripletEvaluator({ ...triplet, truncateDim });
    return (await evaluator.evaluate(new FakeEmbedder(far))).csvRow[0];
  });
  assertEquals(await Promise.all(accuracies), [0, 1]);
  assertThrows(() => new TripletEvaluator({ ...triplet, truncateDim: -2 }), RangeError, "-2");
});
