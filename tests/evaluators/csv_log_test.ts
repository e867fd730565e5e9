import { assertEquals } from "@std/assert";
import {
  csvFileName,
  csvHeaderLine,
  csvRecords,
  csvRowLine,
} from "../../src/evaluators/csv_log.ts";

Deno.test("csvFileName: the name stands between the stem and _results.csv", () => {
  assertEquals(csvFileName("triplet_evaluation", ""), "triplet_evaluation_results.csv");
  assertEquals(csvFileName("triplet_evaluation", "dev"), "triplet_evaluation_dev_results.csv");
});

Deno.test("csvFileName: a name leads into no other directory", () => {
  assertEquals(csvFileName("mse", "../a\\b:c"), "mse_.._a_b_c_results.csv");
});

Deno.test("csvHeaderLine and csvRowLine: begin with epoch and steps", () => {
  assertEquals(csvHeaderLine(["accuracy_cosine"]), "epoch,steps,accuracy_cosine\n");
  assertEquals(csvRowLine(0.5, 100, [0.25, 1e-7]), "0.5,100,0.25,1e-7\n");
  assertEquals(csvRowLine(-1, -1, [NaN]), "-1,-1,NaN\n");
});

Deno.test("csvFileName: another ending", () => {
  assertEquals(
    csvFileName("RerankingEvaluator", "a", "results_@5"),
    "RerankingEvaluator_a_results_@5.csv",
  );
});

Deno.test("csvRecords: the evaluator's own row after those of the evaluators in it", () => {
  const evaluator = {
    name: "",
    primaryMetric: "x",
    greaterIsBetter: true,
    csvFile: "own.csv",
    csvHeader: ["x"],
    evaluate: () => Promise.reject(new Error("not asked")),
  };
  const own = { csvFile: "own.csv", csvHeader: ["x"], csvRow: [1] };
  assertEquals(csvRecords(evaluator, { metrics: {}, csvRow: [1] }), [own]);
  const other = { csvFile: "other.csv", csvHeader: ["y"], csvRow: [2] };
  const result = { metrics: {}, csvRow: [1], further: [other] };
  assertEquals(csvRecords(evaluator, result), [other, own]);
});
