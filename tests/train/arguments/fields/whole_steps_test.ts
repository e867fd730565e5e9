import { assertEquals } from "@std/assert";
import { wholeSteps } from "../../../../src/train/arguments/fields/whole_steps.ts";

Deno.test("wholeSteps() lets shares and whole numbers pass", () => {
  assertEquals([null, 0, 0.5, 1, 2, 500].map(wholeSteps("eval_steps")), Array(6).fill(null));
});

Deno.test("wholeSteps() refuses parts of a step with upstream's message", () => {
  assertEquals(
    wholeSteps("eval_steps")(1.5),
    "--eval_steps must be an integer if bigger than 1: 1.5; give a whole number of steps, or a share " +
      "of all steps below 1",
  );
});
