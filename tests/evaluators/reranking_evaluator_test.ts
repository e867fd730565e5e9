import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  RerankingEvaluator,
  type RerankingOptions,
  type RerankingSample,
} from "../../src/evaluators/reranking_evaluator.ts";
import { SIMILARITIES, similarityMatrix } from "../../src/evaluators/similarity.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(31);
const samples: RerankingSample[] = Array.from({ length: 25 }, (_, q) => ({
  query: `query ${q}`,
  positive: Array.from({ length: Math.floor(random() * 4) }, (_, i) => `good ${q} ${i}`),
  negative: Array.from({ length: Math.floor(random() * 8) }, (_, i) => `bad ${q} ${i}`),
}));
const texts = samples.flatMap(({ query, positive, negative }) => [query, ...positive, ...negative]);
const vectors = texts.map((text): [string, number[]] => [text, coarseVector(random, 3)]);
const lookup = new Map(vectors);
const embed = (each: readonly string[]) => embeddingsOf(each.map((text) => lookup.get(text)!));

/** NDCG as the mean over many random orders of equal scores would have it: by the chance of each rank. */
function expectedGain(scores: readonly number[], relevant: readonly boolean[], k: number): number {
  const discount = (rank: number) => rank <= k ? 1 / Math.log2(rank + 1) : 0;
  let gain = 0;
  scores.forEach((score, i) => {
    if (!relevant[i]) return;
    const above = scores.filter((other) => other > score).length;
    const tied = scores.filter((other) => other === score).length;
    for (let rank = above + 1; rank <= above + tied; rank++) gain += discount(rank) / tied;
  });
  let ideal = 0;
  for (let rank = 1; rank <= relevant.filter(Boolean).length; rank++) ideal += discount(rank);
  return gain / ideal;
}

function expectedPrecision(scores: readonly number[], relevant: readonly boolean[]): number {
  let sum = 0;
  scores.forEach((score, i) => {
    if (!relevant[i]) return;
    const found = scores.map((other, j) => other >= score ? j : -1).filter((j) => j >= 0);
    sum += found.filter((j) => relevant[j]).length / found.length;
  });
  return sum / relevant.filter(Boolean).length;
}

for (const similarity of SIMILARITIES) {
  Deno.test(`RerankingEvaluator: ${similarity} with ties, at several k`, async () => {
    const used = samples.filter(({ positive, negative }) => positive.length * negative.length > 0);
    assertEquals(used.length > 10 && used.length < 25, true);
    for (const atK of [1, 3, 10]) {
      const evaluator = new RerankingEvaluator({ samples, atK, similarity });
      const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(vectors));
      let [map, mrr, ndcg] = [0, 0, 0];
      for (const { query, positive, negative } of used) {
        const documents = [...positive, ...negative];
        const scores = [...similarityMatrix(similarity, embed([query]), embed(documents))];
        const relevant = documents.map((_, i) => i < positive.length);
        map += expectedPrecision(scores, relevant);
        ndcg += expectedGain(scores, relevant, atK);
        const order = scores.map((_, i) => i).sort((p, q) => scores[q] - scores[p] || p - q);
        const rank = order.findIndex((i) => relevant[i]) + 1;
        mrr += rank <= atK ? 1 / rank : 0;
      }
      assertEquals(Object.keys(metrics), ["map", `mrr@${atK}`, `ndcg@${atK}`]);
      [map, mrr, ndcg].forEach((sum, i) => assertAlmostEquals(csvRow[i], sum / used.length, 1e-12));
      assertEquals(Object.values(metrics), csvRow);
    }
  });
}

Deno.test("RerankingEvaluator: names, tasks and width", async () => {
  const evaluator = new RerankingEvaluator({ samples, name: "dev", truncateDim: 2 });
  assertEquals(evaluator.csvFile, "RerankingEvaluator_dev_results_@10.csv");
  assertEquals(
    new RerankingEvaluator({ samples, atK: 5 }).csvFile,
    "RerankingEvaluator_results_@5.csv",
  );
  assertEquals(evaluator.csvHeader, ["MAP", "MRR@10", "NDCG@10"]);
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], ["dev_ndcg@10", true]);
  const embedder = new FakeEmbedder(vectors);
  const { metrics } = await evaluator.evaluate(embedder);
  assertEquals(Object.keys(metrics), ["dev_map", "dev_mrr@10", "dev_ndcg@10"]);
  assertEquals(embedder.options.map(({ task }) => task), ["query", "document"]);
});

Deno.test("RerankingEvaluator: a diverged model ranks nothing before the others", async () => {
  const sample = { query: "q", positive: ["p"], negative: ["n", "m"] };
  const broken = new FakeEmbedder(["q", "p", "n", "m"].map((text) => [text, [NaN]]));
  const { metrics } = await new RerankingEvaluator({ samples: [sample] }).evaluate(broken);
  assertEquals(metrics.map, 1 / 3);
  assertAlmostEquals(metrics["ndcg@10"], (1 + 1 / Math.log2(3) + 1 / 2) / 3, 1e-15);
});

Deno.test("RerankingEvaluator: refuses what it cannot measure", () => {
  const make = (options: Partial<RerankingOptions>) => () =>
    new RerankingEvaluator({ samples, ...options });
  const without = [{ query: "q", positive: ["p"], negative: [] }];
  assertThrows(make({ samples: without }), InputError, "found 1 queries, wanted one with relevant");
  assertThrows(make({ atK: 0 }), RangeError, "atK 0");
  assertThrows(make({ truncateDim: 0.5 }), RangeError, "truncateDim 0.5");
});
