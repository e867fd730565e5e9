import { assertEquals } from "@std/assert";
import { StepTrouble } from "../../src/train/step_trouble.ts";

Deno.test("StepTrouble remembers the first step whose loss or gradient is not finite", () => {
  const trouble = new StepTrouble();
  trouble.add(0, { losses: [1, 2], gradientNorm: 1, isSkipped: false });
  assertEquals([trouble.first, trouble.firstLoss], [null, null]);
  trouble.add(1, { losses: [1, 2], gradientNorm: Infinity, isSkipped: false });
  trouble.add(2, { losses: [1, NaN], gradientNorm: NaN, isSkipped: false });
  trouble.add(3, { losses: [Infinity, NaN], gradientNorm: NaN, isSkipped: false });
  assertEquals(trouble.first, { step: 1, batch: null, loss: 2, gradientNorm: Infinity });
  assertEquals(trouble.firstLoss, { step: 2, batch: 1, loss: NaN, gradientNorm: NaN });
});

Deno.test("StepTrouble counts the steps that were skipped one after the other", () => {
  const trouble = new StepTrouble();
  const counts = [true, true, false, true].map((isSkipped, step) => {
    trouble.add(step, { losses: [1], gradientNorm: 1, isSkipped });
    return trouble.skippedInARow;
  });
  assertEquals(counts, [1, 2, 0, 1]);
});

Deno.test("StepTrouble knows whether every gradient was 0", () => {
  const trouble = new StepTrouble();
  const found = [0, 0, 0.5, 0].map((gradientNorm, step) => {
    trouble.add(step, { losses: [0], gradientNorm, isSkipped: false });
    return [trouble.steps, trouble.isIdle];
  });
  assertEquals(found, [[1, true], [2, true], [3, false], [4, false]]);
});
