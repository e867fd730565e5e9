import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { pearson, spearman } from "../../src/evaluators/correlation.ts";
import { EmbeddingSimilarityEvaluator } from "../../src/evaluators/embedding_similarity_evaluator.ts";
import { pairwiseSimilarity, SIMILARITIES } from "../../src/evaluators/similarity.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(7);
const texts1 = Array.from({ length: 40 }, (_, i) => `first ${i}`);
const texts2 = Array.from({ length: 40 }, (_, i) => `second ${i}`);
const scores = texts1.map(() => Math.floor(random() * 6));
const vectors = [...texts1, ...texts2].map((text): [string, number[]] => [
  text,
  coarseVector(random, 5),
]);

for (const similarity of SIMILARITIES) {
  Deno.test(`EmbeddingSimilarityEvaluator: ${similarity} with ties`, async () => {
    const evaluator = new EmbeddingSimilarityEvaluator({ texts1, texts2, scores });
    const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(vectors, similarity));
    const lookup = new Map(vectors);
    const similarities = pairwiseSimilarity(
      similarity,
      embeddingsOf(texts1.map((text) => lookup.get(text)!)),
      embeddingsOf(texts2.map((text) => lookup.get(text)!)),
    );
    const expected = [pearson(similarities, scores), spearman(similarities, scores)];
    assertEquals(metrics, {
      [`pearson_${similarity}`]: expected[0],
      [`spearman_${similarity}`]: expected[1],
    });
    assertEquals(csvRow, expected);
    assertEquals(evaluator.primaryMetric, `spearman_${similarity}`);
    assertEquals(evaluator.csvHeader, [`${similarity}_pearson`, `${similarity}_spearman`]);
  });
}

Deno.test("EmbeddingSimilarityEvaluator: similarities in the order of the scores correlate fully", async () => {
  const evaluator = new EmbeddingSimilarityEvaluator({
    texts1: ["x", "x", "x"],
    texts2: ["a", "b", "c"],
    scores: [0.1, 0.5, 5],
    name: "sts-dev",
  });
  const { metrics } = await evaluator.evaluate(
    new FakeEmbedder([["x", [1, 0]], ["a", [-1, 0]], ["b", [1, 1]], ["c", [1, 0.1]]]),
  );
  assertEquals(Object.keys(metrics), ["sts-dev_pearson_cosine", "sts-dev_spearman_cosine"]);
  assertAlmostEquals(metrics["sts-dev_spearman_cosine"], 1, 1e-12);
  assert(metrics["sts-dev_pearson_cosine"] < 0.99);
  assertEquals(evaluator.primaryMetric, "sts-dev_spearman_cosine");
  assertEquals(evaluator.greaterIsBetter, true);
  assertEquals(evaluator.csvFile, "similarity_evaluation_sts-dev_results.csv");
});

Deno.test("EmbeddingSimilarityEvaluator: several similarities and their maxima", async () => {
  const evaluator = new EmbeddingSimilarityEvaluator({
    texts1,
    texts2,
    scores,
    scoreFunctions: ["dot", "manhattan"],
  });
  assertEquals(evaluator.primaryMetric, "spearman_max");
  const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(vectors));
  assertEquals(Object.keys(metrics), [
    "pearson_dot",
    "spearman_dot",
    "pearson_manhattan",
    "spearman_manhattan",
    "pearson_max",
    "spearman_max",
  ]);
  assertEquals(evaluator.csvHeader, [
    "dot_pearson",
    "dot_spearman",
    "manhattan_pearson",
    "manhattan_spearman",
  ]);
  assertEquals(csvRow, Object.values(metrics).slice(0, 4));
  assertEquals(metrics.pearson_max, Math.max(metrics.pearson_dot, metrics.pearson_manhattan));
  assertEquals(metrics.spearman_max, Math.max(metrics.spearman_dot, metrics.spearman_manhattan));
});

Deno.test("EmbeddingSimilarityEvaluator: NaN where nothing varies, and left out of the maxima", async () => {
  const evaluator = new EmbeddingSimilarityEvaluator({
    texts1: ["a", "b"],
    texts2: ["b", "c"],
    scores: [0, 1],
    scoreFunctions: ["cosine", "dot"],
  });
  const parallel = new FakeEmbedder([["a", [1, 0]], ["b", [2, 0]], ["c", [4, 0]]]);
  const { metrics } = await evaluator.evaluate(parallel);
  assertEquals(metrics.spearman_cosine, NaN);
  assertAlmostEquals(metrics.spearman_max, 1, 1e-12);
  const diverged = new FakeEmbedder([["a", [NaN]], ["b", [NaN]], ["c", [NaN]]]);
  assertEquals((await evaluator.evaluate(diverged)).metrics.spearman_max, NaN);
});

Deno.test("EmbeddingSimilarityEvaluator: as many texts as scores, and at least one", () => {
  assertThrows(
    () => new EmbeddingSimilarityEvaluator({ texts1: ["a"], texts2: ["b", "c"], scores: [1] }),
    InputError,
    "found 1 first texts, 2 second texts and 1 scores",
  );
  assertThrows(
    () => new EmbeddingSimilarityEvaluator({ texts1: [], texts2: [], scores: [] }),
    InputError,
    "wanted equally many and at least one",
  );
});

Deno.test("EmbeddingSimilarityEvaluator: width and precision change what is compared", async () => {
  const cut = new EmbeddingSimilarityEvaluator({ texts1, texts2, scores, truncateDim: 2 });
  const short = vectors.map(([text, vector]): [string, number[]] => [text, vector.slice(0, 2)]);
  const whole = new EmbeddingSimilarityEvaluator({ texts1, texts2, scores });
  assertEquals(
    (await cut.evaluate(new FakeEmbedder(vectors, "dot"))).metrics,
    (await whole.evaluate(new FakeEmbedder(short, "dot"))).metrics,
  );
  const bits = vectors.map(([text, vector]): [string, number[]] => [
    text,
    vector.map((value) => value > 0 ? 1 : 0),
  ]);
  for (const precision of ["binary", "ubinary"] as const) {
    const packed = new EmbeddingSimilarityEvaluator({
      texts1,
      texts2,
      scores,
      precision,
      name: "a",
    });
    assertEquals(packed.csvFile, `similarity_evaluation_a_${precision}_results.csv`);
    const { csvRow } = await packed.evaluate(new FakeEmbedder(vectors, "manhattan"));
    const expected = new EmbeddingSimilarityEvaluator({ texts1, texts2, scores });
    assertEquals(csvRow, (await expected.evaluate(new FakeEmbedder(bits, "manhattan"))).csvRow);
  }
  assertThrows(
    () => new EmbeddingSimilarityEvaluator({ texts1, texts2, scores, precision: "int4" as "int8" }),
    RangeError,
    "Cannot use precision int4: wanted one of float32, int8, uint8, binary, ubinary",
  );
});
