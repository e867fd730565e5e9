import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  deepestCutoff,
  rankingCsvColumns,
  rankingCutoffs,
  rankingMetrics,
} from "../../src/evaluators/ranking_metrics.ts";
import { randomNumbers } from "./fake_embedder.ts";

Deno.test("rankingMetrics: keys and order are upstream's", () => {
  const metrics = rankingMetrics([["d"]], [new Set(["d"])], rankingCutoffs({}));
  assertEquals(Object.keys(metrics), [
    "accuracy@1",
    "accuracy@3",
    "accuracy@5",
    "accuracy@10",
    "precision@1",
    "precision@3",
    "precision@5",
    "precision@10",
    "recall@1",
    "recall@3",
    "recall@5",
    "recall@10",
    "ndcg@10",
    "mrr@10",
    "map@100",
  ]);
});

Deno.test("rankingMetrics: one query by hand", () => {
  // Relevant at ranks 2 and 4; a third relevant document is not ranked.
  const metrics = rankingMetrics(
    [["a", "X", "b", "Y"]],
    [new Set(["X", "Y", "Z"])],
    rankingCutoffs({
      accuracyAtK: [1, 2],
      precisionRecallAtK: [3, 10],
      mrrAtK: [1, 10],
      ndcgAtK: [2, 10],
      mapAtK: [2, 100],
    }),
  );
  const expected: Record<string, number> = {
    "accuracy@1": 0,
    "accuracy@2": 1,
    "precision@3": 1 / 3,
    "precision@10": 2 / 10,
    "recall@3": 1 / 3,
    "recall@10": 2 / 3,
    "ndcg@2": (1 / Math.log2(3)) / (1 + 1 / Math.log2(3)),
    "ndcg@10": (1 / Math.log2(3) + 1 / Math.log2(5)) / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)),
    "mrr@1": 0,
    "mrr@10": 1 / 2,
    "map@2": (1 / 2) / 2,
    "map@100": (1 / 2 + 2 / 4) / 3,
  };
  assertEquals(Object.keys(metrics), Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) {
    assertAlmostEquals(metrics[key], value, 1e-15, key);
  }
});

Deno.test("rankingMetrics: equals sums over rank lists on random rankings", () => {
  const random = randomNumbers(4);
  const ids = Array.from({ length: 30 }, (_, i) => `d${i}`);
  const rankings = Array.from(
    { length: 40 },
    () => ids.toSorted(() => random() - 0.5).slice(0, Math.floor(random() * 30)),
  );
  const relevant = rankings.map(() =>
    new Set([ids[Math.floor(random() * 30)], ...ids.filter(() => random() < 0.1)])
  );
  const k = 7;
  let accuracy = 0, precision = 0, recall = 0, mrr = 0, ndcg = 0, map = 0;
  rankings.forEach((ranking, query) => {
    const gains = ranking.slice(0, k).map((id) => relevant[query].has(id) ? 1 : 0);
    const found = gains.filter((gain) => gain === 1).length;
    const dcg = (list: readonly number[]): number =>
      list.slice(0, k).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
    const precisionAt = (rank: number): number =>
      gains.slice(0, rank).filter((gain) => gain === 1).length / rank;
    accuracy += gains.includes(1) ? 1 : 0;
    precision += found / k;
    recall += found / relevant[query].size;
    mrr += gains.includes(1) ? 1 / (gains.indexOf(1) + 1) : 0;
    ndcg += dcg(gains) / dcg([...relevant[query]].map(() => 1));
    map += gains.reduce<number>((sum, gain, i) => sum + gain * precisionAt(i + 1), 0) /
      Math.min(k, relevant[query].size);
  });
  const ks = [k];
  const metrics = rankingMetrics(
    rankings,
    relevant,
    rankingCutoffs({
      accuracyAtK: ks,
      precisionRecallAtK: ks,
      mrrAtK: ks,
      ndcgAtK: ks,
      mapAtK: ks,
    }),
  );
  const expected = [accuracy, precision, recall, ndcg, mrr, map].map((sum) => sum / 40);
  Object.values(metrics).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-12));
  assertEquals(Object.keys(metrics).length, 6);
});

Deno.test("rankingCutoffs: defaults, replacements and the deepest of them", () => {
  const cutoffs = rankingCutoffs({ ndcgAtK: [20, 200], mrrAtK: undefined });
  assertEquals(cutoffs, {
    accuracyAtK: [1, 3, 5, 10],
    precisionRecallAtK: [1, 3, 5, 10],
    mrrAtK: [10],
    ndcgAtK: [20, 200],
    mapAtK: [100],
  });
  assertEquals(deepestCutoff(cutoffs), 200);
  assertEquals(deepestCutoff(rankingCutoffs({})), 100);
  assertThrows(() => rankingCutoffs({ mrrAtK: [0] }), RangeError, "mrrAtK [0]");
  assertThrows(() => rankingCutoffs({ mapAtK: [1.5, 2] }), RangeError, "mapAtK [1.5, 2]");
  assertThrows(() => rankingCutoffs({ accuracyAtK: [] }), RangeError, "accuracyAtK []");
});

Deno.test("rankingCsvColumns: names every metric once, in the order of the log upstream", () => {
  const cutoffs = rankingCutoffs({ accuracyAtK: [1, 3], precisionRecallAtK: [1, 3] });
  assertEquals(rankingCsvColumns(cutoffs).map(([_key, column]) => column), [
    "Accuracy@1",
    "Accuracy@3",
    "Precision@1",
    "Recall@1",
    "Precision@3",
    "Recall@3",
    "MRR@10",
    "NDCG@10",
    "MAP@100",
  ]);
  const metrics = rankingMetrics([["d"]], [new Set(["d"])], cutoffs);
  assertEquals(
    rankingCsvColumns(cutoffs).map(([key]) => key).sort(),
    Object.keys(metrics).sort(),
  );
});
