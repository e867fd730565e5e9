import { assertEquals } from "@std/assert";
import {
  argumentNameOf,
  LATER_NAMES,
  nearestArgumentName,
} from "../../../src/train/arguments/argument_name.ts";
import { camelCase } from "../../../src/train/arguments/camel_case.ts";
import { argumentNames } from "../../../src/train/arguments/fields.ts";

Deno.test("argumentNameOf() knows every argument in three spellings", () => {
  assertEquals(argumentNames.length, 120 + 2);
  for (const name of argumentNames) {
    assertEquals(argumentNameOf(name), name);
    assertEquals(argumentNameOf(name.replaceAll("_", "-")), name);
    assertEquals(argumentNameOf(camelCase(name)), name);
  }
});

Deno.test("argumentNameOf() knows the later name of evaluation_strategy", () => {
  for (const spelling of ["eval_strategy", "eval-strategy", "evalStrategy"]) {
    assertEquals(argumentNameOf(spelling), "evaluation_strategy");
  }
});

Deno.test("LATER_NAMES name arguments, and are none themselves", () => {
  assertEquals([...LATER_NAMES], [["eval_strategy", "evaluation_strategy"]]);
  assertEquals((argumentNames as readonly string[]).includes("eval_strategy"), false);
});

Deno.test("argumentNameOf() finds no argument under another name", () => {
  for (const spelling of ["", "learning", "toString", "constructor", "Learning_rate"]) {
    assertEquals(argumentNameOf(spelling), null);
  }
});

Deno.test("nearestArgumentName() keeps the case of what was given", () => {
  assertEquals(nearestArgumentName("num_train_epoch"), "num_train_epochs");
  assertEquals(nearestArgumentName("numTrainEpoch"), "numTrainEpochs");
  assertEquals(nearestArgumentName("margarine"), null);
});
