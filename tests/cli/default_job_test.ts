import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { defaultJob, JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "../../src/cli/default_job.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";

Deno.test("the job's arguments go together", () => {
  const { learningRate, batchSampler, evalSteps, saveTotalLimit } =
    new SentenceTransformerTrainingArguments({ ...JOB_ARGUMENTS, ...NEW_MODEL_ARGUMENTS });
  assertEquals([learningRate, batchSampler, evalSteps, saveTotalLimit], [
    0.002,
    "no_duplicates",
    0.34,
    2,
  ]);
});

Deno.test("defaultJob() has pairs to train on, an evaluator and what BM25 reaches", async () => {
  const { train, evaluator, baseline } = await defaultJob();
  assertEquals([train.columns, train.labels], [["anchor", "positive"], null]);
  assert(train.length > 70_000);
  assertEquals(evaluator.csvFile, "Information-Retrieval_evaluation_wordnet_results.csv");
  assertAlmostEquals(baseline["mrr@10"], 0.47, 0.005);
  assertAlmostEquals(baseline["ndcg@10"], 0.522, 0.005);
  assertAlmostEquals(baseline["accuracy@1"], 0.371, 0.005);
});
