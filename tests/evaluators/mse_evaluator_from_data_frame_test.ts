import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import {
  MSEEvaluatorFromDataFrame,
  type MSEFromDataFrameOptions,
} from "../../src/evaluators/mse_evaluator_from_data_frame.ts";
import { FakeEmbedder } from "./fake_embedder.ts";

const rows = [
  { en: "one", de: "eins", fr: "un" },
  { en: "two", de: " ", fr: "deux" },
  { en: "one", de: "einer", fr: "" },
];
const teacher = new FakeEmbedder([["one", [1, 0]], ["two", [0, 1]]]);
const student = new FakeEmbedder([
  ["eins", [1, 1]],
  ["einer", [0, 0]],
  ["un", [1, 0]],
  ["deux", [2, 1]],
]);
const combinations = [["en", "de"], ["en", "fr"]] as const;

Deno.test("MSEEvaluatorFromDataFrame: the mean over pairs of languages, rows without a text left out", async () => {
  const evaluator = new MSEEvaluatorFromDataFrame({ rows, teacher, combinations, name: "dev" });
  const { metrics, csvRow } = await evaluator.evaluate(student);
  // en-de: "eins" is off by 1 in one of two, "einer" by 1 in one; en-fr: "deux" by 2 in one of two.
  assertEquals(csvRow, [100 * (1 + 1) / 4, 100 * 4 / 4]);
  assertEquals(Object.keys(metrics), ["dev_negative_mse"]);
  assertAlmostEquals(metrics.dev_negative_mse, -75, 1e-12);
  assertEquals(evaluator.csvHeader, ["en-de", "en-fr"]);
  assertEquals(evaluator.csvFile, "mse_evaluation_dev_results.csv");
  assertEquals([evaluator.primaryMetric, evaluator.greaterIsBetter], ["dev_negative_mse", true]);
  await evaluator.evaluate(student);
  assertEquals(teacher.encoded, [["one", "two"]]);
  const cut = new MSEEvaluatorFromDataFrame({ rows, teacher, combinations, truncateDim: 1 });
  assertEquals(cut.csvFile, "mse_evaluation_results.csv");
  assertEquals((await cut.evaluate(student)).csvRow, [100 * 1 / 2, 100 * 4 / 2]);
});

Deno.test("MSEEvaluatorFromDataFrame: refuses what it cannot measure", () => {
  const make = (options: Partial<MSEFromDataFrameOptions>) => () =>
    new MSEEvaluatorFromDataFrame({ rows, teacher, combinations, ...options });
  assertThrows(make({ combinations: [] }), InputError, "no pair of languages");
  assertThrows(
    make({ combinations: [["en", "es"]] }),
    InputError,
    'none of 3 rows has texts in both "en" and "es"',
  );
  assertThrows(make({ truncateDim: 0 }), RangeError, "truncateDim 0");
});
