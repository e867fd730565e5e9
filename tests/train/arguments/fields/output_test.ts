import { assertEquals } from "@std/assert";
import { outputFields } from "../../../../src/train/arguments/fields/output.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("outputFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(outputFields), {
    output_dir: "trainer_output",
    overwrite_output_dir: false,
    save_strategy: "steps",
    save_steps: 500,
    save_total_limit: null,
    save_safetensors: true,
    save_only_model: false,
    load_best_model_at_end: false,
    metric_for_best_model: null,
    greater_is_better: null,
    resume_from_checkpoint: null,
    ignore_data_skip: false,
  });
});

Deno.test("outputFields take what is in range", () => {
  assertRange(outputFields.output_dir, ["out"], ["", null, 1]);
  assertRange(outputFields.save_strategy, ["no", "steps", "epoch", "best"], ["better", null]);
  assertRange(outputFields.save_steps, [0, 0.1, 500], [-1, Infinity]);
  assertRange(outputFields.save_total_limit, [-1, 0, 2, null], [1.5, "2"]);
  assertRange(outputFields.resume_from_checkpoint, [true, false, "out/checkpoint-5", null], [
    "",
    5,
  ]);
});

Deno.test("outputFields say what is not honoured", () => {
  assertEquals(namesOf(outputFields, "refused"), ["save_safetensors"]);
  assertEquals(namesOf(outputFields, "inert"), ["overwrite_output_dir"]);
  assertEquals(namesOf(outputFields, "alias"), []);
  assertEquals(namesOf(outputFields, "partly"), []);
});
