import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { sgd } from "../../src/optim/sgd.ts";
import { sgd as reference, type SgdState } from "../reference/sgd.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import { decaysHere, GREATEST_GRADIENT, learningRateOf } from "../support/optimizer_run.ts";

const STEPS = 10;
const CASES = {
  "sgd": { momentum: 0, dampening: 0, nesterov: false, weightDecay: 0.5 },
  "sgd with momentum": { momentum: 0.9, dampening: 0.25, nesterov: false, weightDecay: 0.5 },
  "sgd of Nesterov": { momentum: 0.9, dampening: 0, nesterov: true, weightDecay: 0.5 },
};

for (const [label, options] of Object.entries(CASES)) {
  // Four roundings a step of a sum of ten gradients, which can cancel.
  const rounding = STEPS * 4 * 2 ** -24 * STEPS * GREATEST_GRADIENT;
  checkOptimizer(label, {
    create: (gpu, groups) => new ElementwiseOptimizer(gpu, groups, sgd(options)),
    reference: ({ name, initial, gradients }) => {
      let state: Omit<SgdState, "gradient"> = {
        parameter: initial,
        buffer: new Float64Array(initial.length),
      };
      gradients.forEach((gradient, i) => {
        state = reference({ ...state, gradient }, {
          ...options,
          step: i + 1,
          learningRate: learningRateOf(i + 1),
          weightDecay: decaysHere(name) ? options.weightDecay : 0,
        });
      });
      return {
        parameter: state.parameter,
        states: { ...(options.momentum > 0 && { momentum_buffer: state.buffer }) },
      };
    },
    tolerance: { absolute: learningRateOf(1) * rounding, relative: STEPS * 2 * 2 ** -24 },
    stateTolerance: { absolute: rounding, relative: 0 },
  });
}

Deno.test("sgd refuses Nesterov's step without momentum or with dampening", () => {
  let seen = 0;
  for (const [momentum, dampening] of [[0, 0], [0.9, 0.1]]) {
    assertThrows(
      () => sgd({ momentum, dampening, nesterov: true, weightDecay: 0 }),
      UsageError,
      "Nesterov momentum requires a momentum and zero dampening",
    );
    seen++;
  }
  assertEquals(seen, 2);
});
