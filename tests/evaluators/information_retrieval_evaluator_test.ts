import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import type { Embedder, Embeddings, SearchOptions } from "../../src/evaluators/embedder.ts";
import {
  InformationRetrievalEvaluator,
  type InformationRetrievalOptions,
} from "../../src/evaluators/information_retrieval_evaluator.ts";
import { rankingCutoffs, rankingMetrics } from "../../src/evaluators/ranking_metrics.ts";
import type { RetrievalData } from "../../src/evaluators/retrieval_task.ts";
import { searchRows } from "../../src/evaluators/search.ts";
import { SIMILARITIES, similarityMatrix } from "../../src/evaluators/similarity.ts";
import { coarseVector, embeddingsOf, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

/** A task whose scores tie often, and the vectors of its texts. */
function randomTask(
  queryCount: number,
  documentCount: number,
): { data: RetrievalData; vectors: [string, number[]][] } {
  const random = randomNumbers(5);
  const queries = new Map(Array.from({ length: queryCount }, (_, i) => [`q${i}`, `query ${i}`]));
  // Ids that sort otherwise than they stand, so that order by id would show.
  const ids = Array.from({ length: documentCount }, (_, i) => `d${documentCount - i}`);
  const corpus = new Map(ids.map((id) => [id, `document ${id}`]));
  const relevant = new Map([...queries.keys()].map((id) => [
    id,
    new Set(Array.from({ length: 3 }, () => ids[Math.floor(random() * documentCount)])),
  ]));
  const texts = [...queries.values(), ...corpus.values()];
  const vectors = texts.map((text): [string, number[]] => [text, coarseVector(random, 4)]);
  return { data: { queries, corpus, relevant }, vectors };
}

/** Metrics by sorting the full score matrix. */
function referenceMetrics(
  { queries, corpus, relevant }: RetrievalData,
  vectors: readonly [string, number[]][],
  similarity: typeof SIMILARITIES[number],
): Record<string, number> {
  const lookup = new Map(vectors);
  const embed = (texts: Iterable<string>) => embeddingsOf([...texts].map((t) => lookup.get(t)!));
  const scores = similarityMatrix(similarity, embed(queries.values()), embed(corpus.values()));
  const ids = [...corpus.keys()];
  const rankings = [...queries.keys()].map((_, q) =>
    ids.map((_, d) => d)
      .sort((d, e) =>
        scores[q * ids.length + e] - scores[q * ids.length + d] || (ids[d] < ids[e] ? -1 : 1)
      )
      .map((d) => ids[d])
  );
  return rankingMetrics(rankings, [...relevant.values()], rankingCutoffs({}));
}

const KEYS = [
  ...["accuracy@1", "accuracy@3", "accuracy@5", "accuracy@10"],
  ...["precision@1", "precision@3", "precision@5", "precision@10"],
  ...["recall@1", "recall@3", "recall@5", "recall@10"],
  ...["ndcg@10", "mrr@10", "map@100"],
];

const small: InformationRetrievalOptions = {
  queries: new Map([["q1", "cat"], ["q2", "dog"], ["q3", "nothing relevant"]]),
  corpus: new Map([["d1", "a cat"], ["d2", "a dog"], ["d3", "a fish"]]),
  relevant: new Map([["q1", new Set(["d1"])], ["q2", new Set(["d2"])]]),
};
const smallVectors: [string, number[]][] = [
  ["cat", [1, 0]],
  ["dog", [1, 1]],
  ["a cat", [2, 0]],
  ["a dog", [0, 1]],
  ["a fish", [1, 2]],
];

for (const similarity of SIMILARITIES) {
  Deno.test(`InformationRetrievalEvaluator: ${similarity} equals sorting the full matrix`, async () => {
    const { data, vectors } = randomTask(45, 290);
    const expected = referenceMetrics(data, vectors, similarity);
    const embedder = new FakeEmbedder(vectors, similarity);
    for (const corpusChunkSize of [50_000, 131, 7]) {
      const evaluator = new InformationRetrievalEvaluator({ ...data, corpusChunkSize });
      const { metrics } = await evaluator.evaluate(embedder);
      assertEquals(Object.keys(metrics), KEYS.map((key) => `${similarity}_${key}`));
      for (const key of KEYS) {
        assertAlmostEquals(metrics[`${similarity}_${key}`], expected[key], 1e-12, key);
      }
    }
    assert(expected["mrr@10"] > 0);
  });
}

Deno.test("InformationRetrievalEvaluator: a small task by hand", async () => {
  const evaluator = new InformationRetrievalEvaluator(small);
  const embedder = new FakeEmbedder(smallVectors);
  const { metrics } = await evaluator.evaluate(embedder);
  // "cat" finds d1 first; for "dog" d1 and d2 tie behind d3, so that d2 comes third.
  assertEquals(metrics["cosine_accuracy@1"], 1 / 2);
  assertEquals(metrics["cosine_accuracy@3"], 1);
  assertAlmostEquals(metrics["cosine_mrr@10"], (1 + 1 / 3) / 2, 1e-15);
  assertAlmostEquals(metrics["cosine_ndcg@10"], (1 + 1 / 2) / 2, 1e-15);
  assertEquals(embedder.encoded, [["cat", "dog"], ["a cat", "a dog", "a fish"]]);
});

Deno.test("InformationRetrievalEvaluator: names, files and headers are upstream's", async () => {
  const evaluator = new InformationRetrievalEvaluator({
    ...small,
    name: "dev",
    accuracyAtK: [1],
    precisionRecallAtK: [1, 3],
    ndcgAtK: [10, 3],
  });
  assertEquals(evaluator.greaterIsBetter, true);
  assertEquals(evaluator.csvFile, "Information-Retrieval_evaluation_dev_results.csv");
  assertEquals(
    new InformationRetrievalEvaluator(small).csvFile,
    "Information-Retrieval_evaluation_results.csv",
  );
  assertEquals(evaluator.primaryMetric, "dev_cosine_ndcg@10");
  const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(smallVectors, "dot"));
  assertEquals(evaluator.primaryMetric, "dev_dot_ndcg@10");
  assert(evaluator.primaryMetric in metrics);
  assertEquals(evaluator.csvHeader, [
    "dot-Accuracy@1",
    "dot-Precision@1",
    "dot-Recall@1",
    "dot-Precision@3",
    "dot-Recall@3",
    "dot-MRR@10",
    "dot-NDCG@10",
    "dot-NDCG@3",
    "dot-MAP@100",
  ]);
  assertEquals(
    csvRow,
    ["accuracy@1", "precision@1", "recall@1", "precision@3", "recall@3", "mrr@10", "ndcg@10"]
      .concat(["ndcg@3", "map@100"]).map((key) => metrics[`dev_dot_${key}`]),
  );
});

Deno.test("InformationRetrievalEvaluator: of several similarities the best at first stays primary", async () => {
  const scoreFunctions = ["euclidean", "dot"] as const;
  const evaluator = new InformationRetrievalEvaluator({ ...small, scoreFunctions });
  // By dot product every query finds the long "a fish" first, by distance its own document.
  const far: [string, number[]][] = [
    ["cat", [1, 0]],
    ["dog", [0, 1]],
    ["a cat", [1, 0]],
    ["a dog", [0, 1]],
    ["a fish", [9, 9]],
  ];
  const { metrics, csvRow } = await evaluator.evaluate(new FakeEmbedder(far));
  assertEquals(evaluator.primaryMetric, "euclidean_ndcg@10");
  assertEquals(metrics["euclidean_accuracy@1"], 1);
  assertEquals(metrics["dot_accuracy@1"], 0);
  assertEquals(Object.keys(metrics).length, 2 * KEYS.length);
  assertEquals([csvRow.length, evaluator.csvHeader.length], [30, 30]);
  // The file has the similarities in the order of their names, the metrics as they were given.
  assertEquals([evaluator.csvHeader[0], evaluator.csvHeader[15]], [
    "dot-Accuracy@1",
    "euclidean-Accuracy@1",
  ]);
  assertEquals([csvRow[0], csvRow[15]], [0, 1]);
  assertEquals(Object.keys(metrics)[0], "euclidean_accuracy@1");
  await evaluator.evaluate(new FakeEmbedder(far.map(([text]) => [text, [1, 1]])));
  assertEquals(evaluator.primaryMetric, "euclidean_ndcg@10");

  const chosen = new InformationRetrievalEvaluator({
    ...small,
    scoreFunctions,
    mainScoreFunction: "dot",
  });
  await chosen.evaluate(new FakeEmbedder(far));
  assertEquals(chosen.primaryMetric, "dot_ndcg@10");
});

Deno.test("InformationRetrievalEvaluator: a diverged model scores 0", async () => {
  const evaluator = new InformationRetrievalEvaluator(small);
  const embedder = new FakeEmbedder(smallVectors.map(([text]) => [text, [NaN, NaN]]));
  const { metrics } = await evaluator.evaluate(embedder);
  assertEquals(Object.values(metrics), KEYS.map(() => 0));
});

Deno.test("InformationRetrievalEvaluator: refuses what cannot be evaluated", () => {
  const make = (options: Partial<InformationRetrievalOptions>) => () =>
    new InformationRetrievalEvaluator({ ...small, ...options });
  assertThrows(make({ corpus: new Map() }), InputError, "0 documents");
  assertThrows(make({ ndcgAtK: [0] }), RangeError, "ndcgAtK [0]");
  assertThrows(make({ corpusChunkSize: 0 }), RangeError, "corpusChunkSize 0");
  assertThrows(make({ truncateDim: 0 }), RangeError, "truncateDim 0");
});

Deno.test("InformationRetrievalEvaluator: prompts, tasks and width reach the embedder", async () => {
  const evaluator = new InformationRetrievalEvaluator({
    ...small,
    queryPrompt: "q: ",
    corpusPromptName: "passage",
    truncateDim: 1,
  });
  const embedder = new FakeEmbedder(smallVectors);
  await evaluator.evaluate(embedder);
  const shared = { truncateDim: 1 };
  assertEquals(embedder.options, [
    { ...shared, task: "query", prompt: "q: ", promptName: undefined },
    { ...shared, task: "document", prompt: undefined, promptName: "passage" },
  ]);
});

Deno.test("InformationRetrievalEvaluator: the embedder's own search is used, chunk by chunk", async () => {
  const { data, vectors } = randomTask(9, 40);
  const expected = referenceMetrics(data, vectors, "dot");
  const calls: number[] = [];
  const embedder: Embedder = Object.assign(new FakeEmbedder(vectors, "dot"), {
    search(queries: Embeddings, corpus: Embeddings, options: SearchOptions) {
      calls.push(corpus.rows);
      return Promise.resolve(searchRows(queries, corpus, options));
    },
  });
  const evaluator = new InformationRetrievalEvaluator({ ...data, corpusChunkSize: 16 });
  const { metrics } = await evaluator.evaluate(embedder);
  assertEquals(calls, [16, 16, 8]);
  for (const key of KEYS) assertAlmostEquals(metrics[`dot_${key}`], expected[key], 1e-12, key);
});
