import { adagrad } from "../../src/optim/adagrad.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { adagrad as reference, type AdagradState } from "../reference/adagrad.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import { decaysHere, GREATEST_GRADIENT, learningRateOf } from "../support/optimizer_run.ts";

const OPTIONS = { lrDecay: 0.5, epsilon: 1e-10, weightDecay: 0.5 };
const STEPS = 10;

checkOptimizer("adagrad", {
  create: (gpu, groups) => new ElementwiseOptimizer(gpu, groups, adagrad(OPTIONS)),
  reference: ({ name, initial, gradients }) => {
    let state: Omit<AdagradState, "gradient"> = {
      parameter: initial,
      sum: new Float64Array(initial.length),
    };
    gradients.forEach((gradient, i) => {
      state = reference({ ...state, gradient }, {
        ...OPTIONS,
        step: i + 1,
        learningRate: learningRateOf(i + 1),
        eps: OPTIONS.epsilon,
        weightDecay: decaysHere(name) ? OPTIONS.weightDecay : 0,
      });
    });
    return { parameter: state.parameter, states: { sum: state.sum } };
  },
  // Ten roundings a step of an update below the learning rate. A gradient and its decay that nearly
  // cancel magnify them; a hundredfold is rare among these values.
  tolerance: {
    absolute: STEPS * 10 * 2 ** -24 * learningRateOf(1) * 100,
    relative: STEPS * 2 * 2 ** -24,
  },
  // Squares only add up; each errs by its gradient's error times twice the gradient.
  stateTolerance: {
    absolute: STEPS * 2 * GREATEST_GRADIENT * 4 * 2 ** -24,
    relative: STEPS * 4 * 2 ** -24,
  },
});
