import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { lion } from "../../src/optim/lion.ts";
import { lion as reference, type LionState } from "../reference/lion.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import { decaysHere, learningRateOf } from "../support/optimizer_run.ts";

const OPTIONS = { beta1: 0.9, beta2: 0.99, weightDecay: 0.1 };
const STEPS = 10;

checkOptimizer("lion", {
  create: (gpu, groups) => new ElementwiseOptimizer(gpu, groups, lion(OPTIONS)),
  reference: ({ name, initial, gradients }) => {
    let state: Omit<LionState, "gradient"> = {
      parameter: initial,
      m: new Float64Array(initial.length),
    };
    gradients.forEach((gradient, i) => {
      state = reference({ ...state, gradient }, {
        ...OPTIONS,
        learningRate: learningRateOf(i + 1),
        weightDecay: decaysHere(name) ? OPTIONS.weightDecay : 0,
      });
    });
    return { parameter: state.parameter, states: { exp_avg: state.m } };
  },
  // Every step moves by the learning rate, so that a wrong sign stands out; no sum here is near zero.
  tolerance: { absolute: STEPS * 2 * 2 ** -24 * learningRateOf(1), relative: STEPS * 2 * 2 ** -24 },
  // A moment is a sum of ten terms; terms of either sign can cancel.
  stateTolerance: { absolute: STEPS * 4 * 2 ** -24, relative: STEPS * 4 * 2 ** -24 },
});
