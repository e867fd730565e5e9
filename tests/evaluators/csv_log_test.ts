import { assertEquals } from "@std/assert";
import { csvFileName, csvHeaderLine, csvRowLine } from "../../src/evaluators/csv_log.ts";

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
