import { assertEquals } from "@std/assert";
import { evaluationFields } from "../../../../src/train/arguments/fields/evaluation.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("evaluationFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(evaluationFields), {
    evaluation_strategy: "no",
    eval_steps: null,
    eval_delay: 0,
    eval_accumulation_steps: null,
    prediction_loss_only: false,
    include_inputs_for_metrics: false,
    use_legacy_prediction_loop: false,
  });
});

Deno.test("evaluationFields take what is in range", () => {
  assertRange(evaluationFields.evaluation_strategy, ["no", "steps", "epoch"], ["never", null]);
  assertRange(evaluationFields.eval_steps, [0, 0.5, 10, null], [-1]);
  assertRange(evaluationFields.eval_delay, [0, 1.5, null], [-1]);
  assertRange(evaluationFields.eval_accumulation_steps, [1, null], [0]);
});

Deno.test("evaluationFields say what is not honoured", () => {
  assertEquals(namesOf(evaluationFields, "refused"), [
    "include_inputs_for_metrics",
    "use_legacy_prediction_loop",
  ]);
  assertEquals(namesOf(evaluationFields, "inert"), ["prediction_loss_only"]);
  assertEquals(namesOf(evaluationFields, "alias"), []);
  assertEquals(namesOf(evaluationFields, "partly"), []);
});
