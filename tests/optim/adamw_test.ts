import { adamw, type AdamWOptions } from "../../src/optim/adamw.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { adamw as reference, type AdamwState } from "../reference/adamw.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import { decaysHere, learningRateOf } from "../support/optimizer_run.ts";

const OPTIONS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
const STEPS = 10;

checkOptimizer("adamw", {
  create: (gpu, groups) => new ElementwiseOptimizer(gpu, groups, adamw(OPTIONS)),
  reference: ({ name, initial, gradients }) => {
    const zeros = () => new Float64Array(initial.length);
    let state: Omit<AdamwState, "gradient"> = { parameter: initial, m: zeros(), v: zeros() };
    gradients.forEach((gradient, i) => {
      state = reference({ ...state, gradient }, {
        ...OPTIONS,
        step: i + 1,
        learningRate: learningRateOf(i + 1),
        eps: OPTIONS.epsilon,
        weightDecay: decaysHere(name) ? OPTIONS.weightDecay : 0,
      });
    });
    return { parameter: state.parameter, states: { exp_avg: state.m, exp_avg_sq: state.v } };
  },
  // About ten roundings a step; an update is at most a learning rate or so in size.
  tolerance: {
    absolute: STEPS * 10 * 2 ** -24 * learningRateOf(1) * 10,
    relative: STEPS * 2 * 2 ** -24,
  },
  // A moment is a sum of ten terms; terms of either sign can cancel.
  stateTolerance: { absolute: STEPS * 4 * 2 ** -24, relative: STEPS * 4 * 2 ** -24 },
});
