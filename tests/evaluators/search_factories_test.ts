import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import type { EvaluatorData } from "../../src/evaluators/evaluator_factory.ts";
import { SEARCH_FACTORIES } from "../../src/evaluators/search_factories.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

const vectors: [string, number[]][] = [
  ["a", [1, 0]],
  ["b", [0, 1]],
  ["x", [2, 1]],
  ["y", [0, 3]],
  ["z", [-1, 0]],
];
const data: EvaluatorData = {
  columns: new Map([
    ["query", ["a", "b", "a"]],
    ["good", ["x", "y", "y"]],
    ["bad", ["z", "x", "x"]],
    ["worse", ["z", "z", "z"]],
  ]),
  labels: null,
};

function create(
  name: keyof typeof SEARCH_FACTORIES,
  options: Record<string, unknown> = {},
  given: Partial<EvaluatorData> = {},
) {
  return SEARCH_FACTORIES[name](name, { ...data, ...given }, options);
}

Deno.test("SEARCH_FACTORIES: retrieval with its prompts", async () => {
  const embedder = new FakeEmbedder(vectors);
  const options = { query_prompt: "q: ", corpus_prompt_name: "passage", map_at_k: [5] };
  const { metrics } = await create("InformationRetrievalEvaluator", options).evaluate(embedder);
  assertEquals(embedder.options.map(({ prompt, promptName }) => [prompt, promptName]), [
    ["q: ", undefined],
    [undefined, "passage"],
  ]);
  assertEquals(metrics["cosine_map@5"], 1);
});

Deno.test("SEARCH_FACTORIES: reranking takes the rows of a query together", async () => {
  const embedder = new FakeEmbedder(vectors);
  const evaluator = create("RerankingEvaluator", { at_k: 3, similarity: "dot", name: "r" });
  const { metrics } = await evaluator.evaluate(embedder);
  // "x" is relevant to "a" by its first row.
  assertEquals(embedder.encoded, [["a", "b"], ["x", "y", "z", "y", "x", "z"]]);
  assertEquals(metrics, { "r_map": 1, "r_mrr@3": 1, "r_ndcg@3": 1 });
});

Deno.test("SEARCH_FACTORIES: paraphrases are rows of label 1, or all", async () => {
  const options = { top_k: 5, max_pairs: 50, query_chunk_size: 2, corpus_chunk_size: 3 };
  const all = await create("ParaphraseMiningEvaluator", options).evaluate(
    new FakeEmbedder(vectors),
  );
  const some = await create("ParaphraseMiningEvaluator", options, { labels: [1, 1, 0] })
    .evaluate(new FakeEmbedder(vectors));
  // By cosine: b-y 1, a-x 0.89, then b-x and x-y 0.45, a-b and a-y 0.
  assertEquals(some.metrics.average_precision, 1);
  assertAlmostEquals(all.metrics.average_precision, (1 + 1 + 3 / 6) / 3, 1e-15);
});

Deno.test("SEARCH_FACTORIES: translations, and NanoBEIR from a folder", async () => {
  const evaluator = create("TranslationEvaluator", { truncate_dim: 2 }, {
    columns: new Map([["en", ["a", "b"]], ["de", ["x", "y"]]]),
  });
  assertEquals((await evaluator.evaluate(new FakeEmbedder(vectors))).csvRow, [1, 1]);

  const opened: unknown[] = [];
  const openFolder: EvaluatorData["openFolder"] = (folder, names) => {
    opened.push(folder, names);
    return {
      read: () =>
        Promise.resolve({
          queries: new Map([["q", "a"]]),
          corpus: new Map([["1", "x"], ["2", "y"]]),
          relevant: new Map([["q", new Set(["1"])]]),
        }),
    };
  };
  const options = { folder: "data", dataset_names: ["nq"], aggregate_key: "avg", ndcg_at_k: [1] };
  const nano = create("NanoBEIREvaluator", options, { openFolder });
  assertEquals(opened, ["data", ["NanoNQ"]]);
  const { metrics } = await nano.evaluate(new FakeEmbedder(vectors));
  assertEquals(metrics["NanoBEIR_avg_cosine_ndcg@1"], 1);
  assertThrows(() => create("NanoBEIREvaluator", options), UsageError, "a way to open folders");
  assertThrows(() => create("NanoBEIREvaluator", {}, { openFolder }), UsageError, '"folder"');
  assertThrows(
    () => create("NanoBEIREvaluator", { ...options, dataset_names: ["nope"] }, { openFolder }),
    UsageError,
    "not valid NanoBEIR",
  );
});
