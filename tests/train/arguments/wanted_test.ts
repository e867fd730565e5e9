import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { z } from "zod";
import { argumentFields, type ArgumentName } from "../../../src/train/arguments/fields.ts";
import { wanted } from "../../../src/train/arguments/wanted.ts";

Deno.test("wanted() names types and ranges in words", () => {
  const words: [ArgumentName, string][] = [
    ["max_steps", "an integer"],
    ["per_device_train_batch_size", "an integer of at least 1"],
    ["save_total_limit", "an integer or null"],
    ["per_gpu_train_batch_size", "an integer of at least 1 or null"],
    ["adam_beta1", "a number from 0 to below 1"],
    ["warmup_ratio", "a number from 0 to 1"],
    ["bf16", "true or false"],
    ["output_dir", "a text that is not empty"],
    ["optim_args", "a text or null"],
    ["label_names", "a list of texts or null"],
    ["lr_scheduler_kwargs", "an object or null"],
    ["save_strategy", 'one of "no", "steps", "epoch", "best"'],
    ["debug", "a text or a list of texts"],
    ["prompts", "a text or an object or null"],
  ];
  for (const [name, expected] of words) {
    assertEquals(wanted(argumentFields.get(name)!.schema), expected, name);
  }
});

Deno.test("wanted() has words for every argument", () => {
  assertEquals(argumentFields.size, 120 + 2);
  for (const [name, { schema }] of argumentFields) assertMatch(wanted(schema), /^\w/, name);
});

Deno.test("wanted() refuses a type that no argument has", () => {
  assertThrows(() => wanted(z.unknown()), TypeError, "Cannot describe a type: no words for {}");
});
