import { assertEquals } from "@std/assert";
import { snakeCase } from "../../../src/train/arguments/snake_case.ts";

Deno.test("snakeCase() takes three spellings", () => {
  for (const spelling of ["num_train_epochs", "num-train-epochs", "numTrainEpochs"]) {
    assertEquals(snakeCase(spelling), "num_train_epochs");
  }
  assertEquals(["optim", "", "Seed"].map(snakeCase), ["optim", "", "_seed"]);
});
