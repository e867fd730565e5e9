import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError, UsageError } from "../../src/errors.ts";
import {
  createEvaluator,
  EVALUATOR_NAMES,
  type EvaluatorData,
  readsRows,
} from "../../src/evaluators/names.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

const triplets: EvaluatorData = {
  columns: new Map([
    ["anchor", ["a", "b", "a"]],
    ["positive", ["x", "y", "y"]],
    ["negative", ["y", "x", "x"]],
    ["unused", ["1", "2", "3"]],
  ]),
  labels: [1, 0.5, 0],
};
const embedder = new FakeEmbedder([["a", [1, 0]], ["b", [0, 1]], ["x", [2, 1]], ["y", [0, 3]]]);

const everything: EvaluatorData = {
  ...triplets,
  labels: [1, 1, 0],
  vectors: [[1, 0], [0, 1], [1, 1]],
  teacher: embedder,
  classifier: { classify: () => [1, 1, 0] },
  openFolder: () => ({ read: () => Promise.reject(new Error("not asked")) }),
};
const WANTED: Record<string, Record<string, unknown>> = {
  MSEEvaluatorFromDataFrame: { combinations: [["anchor", "positive"]] },
  NanoBEIREvaluator: { folder: "somewhere" },
  SequentialEvaluator: { evaluators: ["triplet"] },
};

Deno.test("EVALUATOR_NAMES: every name and its short form create the same evaluator", () => {
  const found = EVALUATOR_NAMES.map((name) =>
    createEvaluator(name, everything, WANTED[name] ?? {}).csvFile
  );
  assertEquals(found, [
    "similarity_evaluation_results.csv",
    "Information-Retrieval_evaluation_results.csv",
    "triplet_evaluation_results.csv",
    "binary_classification_evaluation_results.csv",
    "RerankingEvaluator_results_@10.csv",
    "paraphrase_mining_evaluation_results.csv",
    "translation_evaluation_results.csv",
    "mse_evaluation__results.csv",
    "mse_evaluation_results.csv",
    "accuracy_evaluation_results.csv",
    "NanoBEIR_evaluation_mean_results.csv",
    "sequential_evaluation_results.csv",
  ]);
  const shortForms = [
    "embedding_similarity",
    "information_retrieval",
    "triplet",
    "binary_classification",
    "reranking",
    "paraphrase_mining",
    "translation",
    "mse",
    "mse_from_data_frame",
    "label_accuracy",
    "nano_beir",
    "sequential",
  ];
  const short = shortForms.map((name, i) =>
    createEvaluator(name, everything, WANTED[EVALUATOR_NAMES[i]] ?? {}).csvFile
  );
  assertEquals(short, found);
});

Deno.test("readsRows: all but the one that reads a folder", () => {
  assertEquals(EVALUATOR_NAMES.filter((name) => !readsRows(name)), ["NanoBEIREvaluator"]);
  assertEquals([readsRows("nano_beir"), readsRows("triplet")], [false, true]);
  assertThrows(() => readsRows("nano"), UsageError, "unknown name");
});

Deno.test("createEvaluator: a sequence runs over the same dataset", async () => {
  const evaluator = createEvaluator("sequential", triplets, {
    name: "all",
    evaluators: [{ evaluator: "embedding_similarity", options: { name: "s" } }, "triplet"],
  });
  const { metrics } = await evaluator.evaluate(embedder);
  assertEquals(Object.keys(metrics), [
    "s_pearson_cosine",
    "s_spearman_cosine",
    "cosine_accuracy",
    "all_sequential_score",
  ]);
  assertEquals(metrics.all_sequential_score, 2 / 3);
  assertThrows(
    () => createEvaluator("sequential", triplets, { evaluators: ["triplets"] }),
    UsageError,
    'did you mean "triplet"?',
  );
});

Deno.test("createEvaluator: triplets are the first three columns", async () => {
  const evaluator = createEvaluator("TripletEvaluator", triplets, { name: "dev" });
  assertEquals((await evaluator.evaluate(embedder)).metrics, { dev_cosine_accuracy: 2 / 3 });
  const strict = createEvaluator("triplet", triplets, { margin: { cosine: 2 } });
  assertEquals((await strict.evaluate(embedder)).metrics, { cosine_accuracy: 0 });
});

Deno.test("createEvaluator: similarity is between the first two columns and the labels", async () => {
  const evaluator = createEvaluator("embedding_similarity", triplets, {
    score_functions: ["dot", "cosine"],
    main_score_function: "dot",
  });
  const { metrics } = await evaluator.evaluate(embedder);
  // a·x = 2, b·y = 3, a·y = 0 against 1, 0.5, 0.
  assertAlmostEquals(metrics.spearman_dot, 0.5, 1e-12);
  assertEquals(evaluator.primaryMetric, "spearman_dot");
});

Deno.test("createEvaluator: retrieval takes distinct texts and all their partners", async () => {
  const evaluator = createEvaluator("information_retrieval", triplets, { accuracy_at_k: [1, 2] });
  const fresh = new FakeEmbedder([["a", [1, 0]], ["b", [0, 1]], ["x", [2, 1]], ["y", [0, 3]]]);
  const { metrics } = await evaluator.evaluate(fresh);
  assertEquals(fresh.encoded, [["a", "b"], ["x", "y"]]);
  assertEquals(metrics["cosine_accuracy@1"], 1);
  // "a" belongs to both documents, "b" to one.
  assertEquals(metrics["cosine_recall@1"], (1 / 2 + 1) / 2);
  assertEquals(metrics["cosine_accuracy@3"], undefined);
});

Deno.test("createEvaluator: an unknown name lists the known and the nearest", () => {
  const error = assertThrows(
    () => createEvaluator("TripletEvaluater", triplets),
    UsageError,
    'Cannot create evaluator "TripletEvaluater": unknown name; did you mean "TripletEvaluator"?',
  );
  for (const name of [...EVALUATOR_NAMES, "information_retrieval"]) {
    assertEquals(error.message.includes(name), true);
  }
  assertThrows(() => createEvaluator("x", triplets), UsageError, "unknown name; known: Embedding");
  assertThrows(() => createEvaluator("toString", triplets), UsageError, "unknown name");
});

Deno.test("createEvaluator: options are checked by name and value", () => {
  const make = (name: string, options: Record<string, unknown>) => () =>
    createEvaluator(name, triplets, options);
  assertThrows(
    make("triplet", { margn: 1 }),
    UsageError,
    'Cannot create TripletEvaluator: unknown option "margn"; did you mean "margin"? known: name,',
  );
  assertThrows(make("triplet", { name: 3 }), UsageError, 'option "name"');
  assertThrows(make("information_retrieval", { ndcg_at_k: [0] }), UsageError, '"ndcg_at_k.0"');
  assertThrows(make("triplet", { score_functions: ["cos"] }), UsageError, '"score_functions.0"');
  assertThrows(
    make("triplet", { score_functions: ["dot"], main_score_function: "cosine" }),
    UsageError,
    "Cannot create TripletEvaluator: Cannot use scoreFunctions [dot]",
  );
});

Deno.test("createEvaluator: missing columns, rows and labels are the dataset's fault", () => {
  const pairs = { columns: new Map([["q", ["a"]], ["d", ["x"]]]), labels: null };
  assertThrows(
    () => createEvaluator("triplet", pairs),
    InputError,
    'Cannot create TripletEvaluator: found 2 text columns ("q", "d"), wanted at least 3',
  );
  assertThrows(
    () => createEvaluator("triplet", { columns: new Map(), labels: null }),
    InputError,
    "found 0 text columns, wanted",
  );
  assertThrows(() => createEvaluator("embedding_similarity", pairs), InputError, "has no labels");
  assertThrows(
    () => createEvaluator("embedding_similarity", { ...pairs, labels: [1, 2] }),
    InputError,
    "1 second texts and 2 scores",
  );
  const ragged = { columns: new Map([["q", ["a", "b"]], ["d", ["x"]]]), labels: null };
  assertThrows(
    () => createEvaluator("information_retrieval", ragged),
    InputError,
    'column "d" has 1 rows, wanted 2 as in column "q"',
  );
});
