import { assertEquals, assertThrows } from "@std/assert";
import { InputError, UsageError } from "../../src/errors.ts";
import type { EvaluatorData } from "../../src/evaluators/evaluator_factory.ts";
import { PAIR_FACTORIES } from "../../src/evaluators/pair_factories.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

const embedder = new FakeEmbedder([["a", [1, 0]], ["b", [0, 1]], ["x", [2, 1]], ["y", [0, 3]]]);
const data: EvaluatorData = {
  columns: new Map([["en", ["a", "b"]], ["de", ["x", "y"]]]),
  labels: [1, 0],
};

function create(
  name: keyof typeof PAIR_FACTORIES,
  given: Partial<EvaluatorData> = {},
  options: Record<string, unknown> = {},
) {
  return PAIR_FACTORIES[name](name, { ...data, ...given }, options);
}

Deno.test("PAIR_FACTORIES: pairs with scores or with 0 and 1, under upstream's option names", async () => {
  const similarity = create("EmbeddingSimilarityEvaluator", {}, {
    similarity_fn_names: ["dot", "cosine"],
    main_similarity: "dot",
    precision: "float32",
  });
  assertEquals(similarity.csvFile, "similarity_evaluation_float32_results.csv");
  assertEquals(similarity.primaryMetric, "spearman_dot");
  const binary = create("BinaryClassificationEvaluator", {}, { similarity_fn_names: ["dot"] });
  const { metrics } = await binary.evaluate(embedder);
  assertEquals([metrics.dot_ap, metrics.dot_accuracy], [0.5, 0]);
  assertThrows(
    () => create("BinaryClassificationEvaluator", { labels: null }),
    InputError,
    "0 or 1",
  );
  assertThrows(() => create("TripletEvaluator"), InputError, "wanted at least 3");
});

Deno.test("PAIR_FACTORIES: teachers are models or labels of several numbers", async () => {
  const vectors = [[2, 0], [0, 3]];
  const mse = create("MSEEvaluator", { vectors });
  // "x" is off by 1 in one of four numbers.
  assertEquals((await mse.evaluate(embedder)).csvRow, [25]);
  const own = create("MSEEvaluator", { teacher: embedder, columns: new Map([["en", ["a"]]]) });
  assertEquals((await own.evaluate(embedder)).csvRow, [0]);
  assertThrows(() => create("MSEEvaluator"), InputError, "has no labels of several numbers");
  const odd = { vectors: [[2, 0], [3]] };
  assertThrows(() => create("MSEEvaluator", odd), InputError, "label 2 has 1 numbers, wanted 2");

  const combinations = [["en", "de"]];
  const frame = create("MSEEvaluatorFromDataFrame", { teacher: embedder }, { combinations });
  assertEquals((await frame.evaluate(embedder)).csvRow, [100 * (1 + 1 + 0 + 4) / 4]);
  assertEquals(frame.csvHeader, ["en-de"]);
  assertThrows(
    () => create("MSEEvaluatorFromDataFrame", {}, { combinations }),
    UsageError,
    "it needs a teacher",
  );
  assertThrows(
    () => create("MSEEvaluatorFromDataFrame", {}, { combinations: [["en", "fr"]] }),
    InputError,
    'column "fr" is missing; found en, de',
  );
});

Deno.test("PAIR_FACTORIES: label accuracy wants a classifier", async () => {
  const classifier = { classify: () => [1, 1] };
  const evaluator = create("LabelAccuracyEvaluator", { classifier }, { name: "nli" });
  assertEquals((await evaluator.evaluate(embedder)).metrics, { nli_accuracy: 0.5 });
  assertThrows(() => create("LabelAccuracyEvaluator"), UsageError, "it needs a classifier");
});
