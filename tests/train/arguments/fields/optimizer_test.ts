import { assertEquals } from "@std/assert";
import { optimizerFields } from "../../../../src/train/arguments/fields/optimizer.ts";
import { assertRange, defaultsOf, namesOf } from "./records.ts";

Deno.test("optimizerFields have the defaults of upstream", () => {
  assertEquals(defaultsOf(optimizerFields), {
    learning_rate: 5e-5,
    weight_decay: 0,
    adam_beta1: 0.9,
    adam_beta2: 0.999,
    adam_epsilon: 1e-8,
    max_grad_norm: 1,
    optim: "adamw_torch",
    optim_args: null,
    adafactor: false,
    label_smoothing_factor: 0,
    neftune_noise_alpha: null,
  });
});

Deno.test("optimizerFields take what is in range", () => {
  assertRange(optimizerFields.learning_rate, [0, 3e-3], [-1e-5, NaN, "3e-3"]);
  assertRange(optimizerFields.adam_beta2, [0, 0.999], [1, -0.1]);
  assertRange(optimizerFields.max_grad_norm, [0, 1], [-1, Infinity]);
  assertRange(optimizerFields.label_smoothing_factor, [0, 1], [1.1]);
  assertRange(optimizerFields.optim, ["sgd", "rmsprop"], ["adam", null]);
});

Deno.test("optimizerFields say what is not honoured", () => {
  assertEquals(namesOf(optimizerFields, "refused"), []);
  assertEquals(namesOf(optimizerFields, "inert"), []);
  assertEquals(namesOf(optimizerFields, "alias"), ["adafactor"]);
  assertEquals(namesOf(optimizerFields, "partly"), []);
});

Deno.test("optimizerFields want optim_args to be pairs", () => {
  const check = (value: string | null) => optimizerFields.optim_args.check!(value);
  assertEquals([null, "", " ", "momentum=0.9", "a=1, b = x"].map(check), Array(5).fill(null));
  for (const [value, part] of [["momentum", "momentum"], ["a=1,,b=2", ""], ["a=1,b=", "b="]]) {
    assertEquals(
      check(value),
      `"${part}" is not of the form name=value; wanted a text such as "momentum=0.9,nesterov=true"`,
    );
  }
});
