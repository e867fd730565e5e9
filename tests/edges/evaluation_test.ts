import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { evaluate } from "../../src/cli/evaluate.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { BinaryClassificationEvaluator } from "../../src/evaluators/binary_classification_evaluator.ts";
import { EmbeddingSimilarityEvaluator } from "../../src/evaluators/embedding_similarity_evaluator.ts";
import { InformationRetrievalEvaluator } from "../../src/evaluators/information_retrieval_evaluator.ts";
import type { Evaluator } from "../../src/evaluators/evaluator.ts";
import { RerankingEvaluator } from "../../src/evaluators/reranking_evaluator.ts";
import { TripletEvaluator } from "../../src/evaluators/triplet_evaluator.ts";
import { captureOutput } from "../support/capture_output.ts";
import { testGpu } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { tinyModel, tinyPairs } from "../support/tiny_training.ts";
import { withFolder } from "../support/with_folder.ts";
import { edgeRun, makeConstant } from "./edge_run.ts";

/** What an evaluator finds of the tiny model, or of one that gives the same vector for every text. */
async function measure(
  evaluator: Evaluator,
  constant?: number,
): Promise<Readonly<Record<string, number>>> {
  const model = await tinyModel(await testGpu());
  if (constant !== undefined) makeConstant(model, constant);
  try {
    return (await evaluator.evaluate({
      similarity: model.similarity,
      encode: (texts, options) => model.encode(texts, options),
      search: (queries, corpus, options) => model.search(queries, corpus, options),
    })).metrics;
  } finally {
    model.destroy();
  }
}

Deno.test("an evaluation set of one row has a loss, and is refused where drop_last leaves none", async () => {
  const args = { evaluationStrategy: "steps", evalSteps: 1 } as const;
  const evalDataset = tinyPairs(1);
  const { evaluations } = await edgeRun(args, { evalDataset });
  assertEquals(evaluations, [0, 0, 0]);
  await assertRejects(
    () => edgeRun({ ...args, dataloaderDropLast: true }, { evalDataset }),
    UsageError,
    "it leaves nothing of evaluation dataset",
  );
});

Deno.test("correlations of one pair, of equal scores and of equal embeddings are NaN", async () => {
  const pairs = (scores: number[]) =>
    new EmbeddingSimilarityEvaluator({
      texts1: ["a", "b c", "d"].slice(0, scores.length),
      texts2: ["e f", "g", "h i"].slice(0, scores.length),
      scores,
    });
  for (const scores of [[0.5], [0.5, 0.5, 0.5]]) {
    assertEquals(Object.values(await measure(pairs(scores))), [NaN, NaN]);
  }
  for (const value of [0, 0.5]) {
    assertEquals(Object.values(await measure(pairs([0.1, 0.2, 0.3]), value)), [NaN, NaN]);
  }
});

Deno.test("a pair of texts that is one, and labels that are all equal, have accuracies", async () => {
  const pairs = (labels: number[]) =>
    new BinaryClassificationEvaluator({
      texts1: ["a", "b c"].slice(0, labels.length),
      texts2: ["d", "e"].slice(0, labels.length),
      labels,
    });
  for (const labels of [[1], [0], [0, 0], [1, 1]]) {
    const metrics = await measure(pairs(labels));
    const found = ["accuracy", "f1", "ap", "mcc"].map((name) => metrics[`cosine_${name}`]);
    assertEquals(found.map(Number.isFinite), [true, true, true, true], `${labels} ${found}`);
  }
});

Deno.test("triplets, retrieval and reranking of one sample have their best or worst value", async () => {
  const triplet = { anchors: ["a"], positives: ["b"], negatives: ["b"] };
  assertEquals(await measure(new TripletEvaluator(triplet)), { cosine_accuracy: 0 });
  const retrieval = new InformationRetrievalEvaluator({
    queries: new Map([["q", "a"]]),
    corpus: new Map([["d", ""]]),
    relevant: new Map([["q", new Set(["d"])]]),
  });
  const found = await measure(retrieval, 0);
  assertEquals([found["cosine_accuracy@1"], found["cosine_mrr@10"]], [1, 1]);
  const sample = { query: "a", positive: ["b"], negative: ["c"] };
  const reranked = await measure(new RerankingEvaluator({ samples: [sample] }));
  assertEquals(Object.values(reranked).every((value) => value > 0 && value <= 1), true);
  assertThrows(
    () => new RerankingEvaluator({ samples: [{ ...sample, negative: [] }] }),
    InputError,
    "wanted one with relevant and irrelevant documents",
  );
});

Deno.test("evaluate of the command line measures one row, and refuses a file without rows", async () => {
  const head = "left\tright\tscore\n";
  await withFolder({ "one.tsv": `${head}a\t\t1\n`, "none.tsv": head }, async (folder) => {
    const run = (file: string) =>
      evaluate([
        ...["--model", TINY_BERT, "--evaluator", "embedding_similarity"],
        ...["--eval-dataset", join(folder, file)],
      ]);
    const table = await captureOutput(() => run("one.tsv"));
    assertEquals(table.match(/NaN/g)?.length, 2, table);
    await assertRejects(() => run("none.tsv"), InputError, "none.tsv");
  });
});
