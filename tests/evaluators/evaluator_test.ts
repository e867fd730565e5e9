import { assertEquals } from "@std/assert";
import { metricKey } from "../../src/evaluators/evaluator.ts";

Deno.test("metricKey: the evaluator's name goes in front, where there is one", () => {
  assertEquals(metricKey("", "cosine_accuracy"), "cosine_accuracy");
  assertEquals(metricKey("sts-dev", "spearman_cosine"), "sts-dev_spearman_cosine");
});
