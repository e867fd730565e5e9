import { assertEquals } from "@std/assert";
import { metricsTable } from "../../src/cli/metrics_table.ts";

const AFTER = {
  eval_loss: 0.25,
  "eval_dev_cosine_map@100": 0.5,
  "eval_dev_cosine_accuracy@1": 0.375,
  "eval_dev_cosine_ndcg@10": 0.625,
  "eval_dev_cosine_mrr@10": 0.75,
  eval_runtime: 1,
  eval_samples_per_second: 2,
  eval_steps_per_second: 3,
  epoch: 1,
  step: 4,
};

const BEFORE = {
  eval_loss: 2,
  "eval_dev_cosine_map@100": 0.1,
  "eval_dev_cosine_accuracy@1": 0,
  "eval_dev_cosine_ndcg@10": 0.2,
  "eval_dev_cosine_mrr@10": 0.3,
};

Deno.test("metricsTable() puts the familiar metrics first and leaves out the run's own", () => {
  assertEquals(
    metricsTable(null, BEFORE, AFTER),
    `\
metric                 before   after
---------------------  ------  ------
dev_cosine_mrr@10      0.3000  0.7500
dev_cosine_ndcg@10     0.2000  0.6250
dev_cosine_accuracy@1  0.0000  0.3750
loss                   2.0000  0.2500
dev_cosine_map@100     0.1000  0.5000`,
  );
});

Deno.test("metricsTable() shows BM25 beside the metrics that people look at first", () => {
  const baseline = { "mrr@10": 0.4, "ndcg@10": 0.5, "accuracy@1": 0.3, "map@100": 0.2 };
  assertEquals(
    metricsTable(baseline, BEFORE, AFTER),
    `\
metric                   BM25  before   after
---------------------  ------  ------  ------
dev_cosine_mrr@10      0.4000  0.3000  0.7500
dev_cosine_ndcg@10     0.5000  0.2000  0.6250
dev_cosine_accuracy@1  0.3000  0.0000  0.3750`,
  );
});

Deno.test("metricsTable() has one column for a model that was not trained now", () => {
  assertEquals(
    metricsTable(null, null, { eval_loss: 0.25 }),
    "metric   model\n------  ------\nloss    0.2500",
  );
});
