import { assertEquals } from "@std/assert";
import { camelCase } from "../../../src/train/arguments/camel_case.ts";

Deno.test("camelCase() raises the letter after each underscore", () => {
  const name: "numTrainEpochs" = camelCase("num_train_epochs");
  assertEquals(name, "numTrainEpochs");
  assertEquals(camelCase("adam_beta1"), "adamBeta1");
  assertEquals(camelCase("fp16_opt_level"), "fp16OptLevel");
  assertEquals(camelCase("optim"), "optim");
});
