import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { InformationRetrievalEvaluator } from "../../src/evaluators/information_retrieval_evaluator.ts";
import {
  NANO_BEIR_DATASETS,
  NanoBEIREvaluator,
  nanoBeirNames,
  type NanoBEIROptions,
  type RetrievalSource,
} from "../../src/evaluators/nano_beir_evaluator.ts";
import type { RetrievalData } from "../../src/evaluators/retrieval_task.ts";
import { coarseVector, FakeEmbedder, randomNumbers } from "./fake_embedder.ts";

const random = randomNumbers(71);
const vectors: [string, number[]][] = [];

function task(name: string): RetrievalData {
  const texts = (kind: string, count: number) =>
    new Map(Array.from({ length: count }, (_, i): [string, string] => {
      vectors.push([`${kind} ${i} of ${name}`, coarseVector(random, 4)]);
      return [`${kind}${i}`, `${kind} ${i} of ${name}`];
    }));
  const queries = texts("q", 6);
  const corpus = texts("d", 20);
  const relevant = [...queries.keys()].map((id): [string, Set<string>] => [
    id,
    new Set([`d${Math.floor(random() * 20)}`, `d${Math.floor(random() * 20)}`]),
  ]);
  return { queries, corpus, relevant: new Map(relevant) };
}

const tasks = new Map(["NanoMSMARCO", "NanoNQ"].map((name) => [name, task(name)]));
const source: RetrievalSource & { reads: string[] } = {
  reads: [],
  read(name) {
    this.reads.push(name);
    return Promise.resolve(tasks.get(name)!);
  },
};
const datasetNames = ["MSMARCO", "nq"];

Deno.test("NanoBEIREvaluator: each dataset's metrics, then their means", async () => {
  source.reads = [];
  const evaluator = new NanoBEIREvaluator({ source, datasetNames });
  assertEquals(evaluator.primaryMetric, "NanoBEIR_mean_cosine_ndcg@10");
  const { metrics, csvRow, further } = await evaluator.evaluate(new FakeEmbedder(vectors));
  await evaluator.evaluate(new FakeEmbedder(vectors));
  assertEquals(source.reads, ["NanoMSMARCO", "NanoNQ"]);
  assertEquals(evaluator.primaryMetric, "NanoBEIR_mean_cosine_ndcg@10");
  const keys = Object.keys(metrics);
  assertEquals(keys.length, 3 * 15);
  assertEquals([keys[0], keys[15], keys[30]], [
    "NanoMSMARCO_cosine_accuracy@1",
    "NanoNQ_cosine_accuracy@1",
    "NanoBEIR_mean_cosine_accuracy@1",
  ]);
  const alone: Record<string, number> = {};
  for (const [name, data] of tasks) {
    const each = new InformationRetrievalEvaluator({ ...data, name });
    Object.assign(alone, (await each.evaluate(new FakeEmbedder(vectors))).metrics);
  }
  for (const [key, value] of Object.entries(alone)) assertEquals(metrics[key], value, key);
  for (const key of keys.slice(30)) {
    const metric = key.slice("NanoBEIR_mean_".length);
    const mean = (alone[`NanoMSMARCO_${metric}`] + alone[`NanoNQ_${metric}`]) / 2;
    assertAlmostEquals(metrics[key], mean, 1e-15);
  }
  assertEquals(metrics["NanoBEIR_mean_cosine_ndcg@10"] > 0, true);
  assertEquals(evaluator.csvFile, "NanoBEIR_evaluation_mean_results.csv");
  assertEquals(evaluator.csvHeader.slice(4, 6), ["cosine-Precision@1", "cosine-Recall@1"]);
  assertEquals(csvRow[13], metrics["NanoBEIR_mean_cosine_ndcg@10"]);
  assertEquals(evaluator.csvHeader[13], "cosine-NDCG@10");
  assertEquals(further?.map(({ csvFile }) => csvFile), [
    "Information-Retrieval_evaluation_NanoMSMARCO_results.csv",
    "Information-Retrieval_evaluation_NanoNQ_results.csv",
  ]);
});

Deno.test("NanoBEIREvaluator: width, another aggregate, several similarities, prompts", async () => {
  const evaluator = new NanoBEIREvaluator({
    source,
    datasetNames,
    truncateDim: 2,
    aggregate: (values) => Math.max(...values),
    aggregateKey: "max",
    scoreFunctions: ["euclidean", "dot"],
    ndcgAtK: [3],
    queryPrompts: "q: ",
    corpusPrompts: { MSMARCO: "m: ", nq: "n: " },
  });
  assertEquals(evaluator.csvFile, "NanoBEIR_evaluation_max_results.csv");
  const embedder = new FakeEmbedder(vectors);
  const { metrics, csvRow } = await evaluator.evaluate(embedder);
  const ndcg = (fn: string) =>
    ["NanoMSMARCO_2", "NanoNQ_2"].map((name) => metrics[`${name}_${fn}_ndcg@3`]);
  const best = { dot: Math.max(...ndcg("dot")), euclidean: Math.max(...ndcg("euclidean")) };
  assertEquals(metrics["NanoBEIR_max_2_dot_ndcg@3"], best.dot);
  const winner = best.euclidean > best.dot ? "euclidean" : "dot";
  assertEquals(evaluator.primaryMetric, `NanoBEIR_max_2_${winner}_ndcg@3`);
  assertEquals(evaluator.csvHeader[0], "dot-Accuracy@1");
  assertEquals(csvRow[0], metrics["NanoBEIR_max_2_dot_accuracy@1"]);
  assertEquals(embedder.options.map(({ prompt }) => prompt), ["q: ", "m: ", "q: ", "n: "]);
  assertEquals(embedder.options.map(({ truncateDim }) => truncateDim), [2, 2, 2, 2]);
});

Deno.test("nanoBeirNames: the thirteen datasets, or those that are named", () => {
  assertEquals(nanoBeirNames(), Object.values(NANO_BEIR_DATASETS));
  assertEquals(nanoBeirNames().length, 13);
  assertEquals(nanoBeirNames(["SciFact", "dbpedia"]), ["NanoSciFact", "NanoDBPedia"]);
});

Deno.test("NanoBEIREvaluator: refuses unknown datasets and missing prompts", () => {
  const make = (options: Partial<NanoBEIROptions>) => () =>
    new NanoBEIREvaluator({ source, datasetNames, ...options });
  assertThrows(make({ datasetNames: [] }), UsageError, "dataset_names cannot be empty");
  assertThrows(
    make({ datasetNames: ["msmarko", "nq"] }),
    UsageError,
    "Dataset(s) ['msmarko'] are not valid NanoBEIR datasets. Valid dataset names are: ['climate",
  );
  assertThrows(make({ datasetNames: ["msmarko"] }), UsageError, "the nearest is msmarco");
  assertThrows(
    make({ queryPrompts: { MSMARCO: "" } }),
    UsageError,
    "The following datasets are missing query prompts: ['nq']",
  );
  assertThrows(
    make({ corpusPrompts: {} }),
    UsageError,
    "missing corpus prompts: ['MSMARCO', 'nq']",
  );
  assertThrows(make({ ndcgAtK: [] }), RangeError, "ndcgAtK []");
  assertThrows(make({ truncateDim: 0 }), RangeError, "truncateDim 0");
});
