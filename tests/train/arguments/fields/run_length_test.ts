import { assertEquals } from "@std/assert";
import { runLengthFields } from "../../../../src/train/arguments/fields/run_length.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("runLengthFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(runLengthFields), {
    do_train: false,
    do_eval: false,
    do_predict: false,
    num_train_epochs: 3,
    max_steps: -1,
  });
});

Deno.test("runLengthFields take what is in range", () => {
  assertRange(runLengthFields.num_train_epochs, [0, 2.5], [-1, NaN, "3"]);
  assertRange(runLengthFields.max_steps, [-1, 0, 100], [1.5, null]);
  assertRange(runLengthFields.do_train, [true, false], [null, "true"]);
});

Deno.test("runLengthFields say what is not honoured", () => {
  assertEquals(namesOf(runLengthFields, "refused"), []);
  assertEquals(namesOf(runLengthFields, "inert"), ["do_train", "do_eval", "do_predict"]);
  assertEquals(namesOf(runLengthFields, "alias"), []);
  assertEquals(namesOf(runLengthFields, "partly"), []);
});
