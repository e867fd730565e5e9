import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { rmsprop } from "../../src/optim/rmsprop.ts";
import { rmsprop as reference, type RmspropState } from "../reference/rmsprop.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import { decaysHere, GREATEST_GRADIENT, learningRateOf } from "../support/optimizer_run.ts";

const STEPS = 10;
const SHARED = { alpha: 0.99, epsilon: 1e-8, weightDecay: 0.5 };
const CASES = {
  "rmsprop": { ...SHARED, momentum: 0, centered: false },
  "rmsprop with momentum": { ...SHARED, momentum: 0.5, centered: false },
  "centered rmsprop": { ...SHARED, momentum: 0, centered: true },
  "centered rmsprop with momentum": { ...SHARED, momentum: 0.5, centered: true },
};

for (const [label, options] of Object.entries(CASES)) {
  const { momentum, centered, epsilon: eps } = options;
  // An update is at most 1 / sqrt(1 - alpha) = 10, or 20 with momentum; ten roundings a step. A gradient
  // and its decay that nearly cancel magnify them; a hundredfold is rare among these values.
  const update = STEPS * 10 * 2 ** -24 * 20 * 100;
  checkOptimizer(label, {
    create: (gpu, groups) => new ElementwiseOptimizer(gpu, groups, rmsprop(options)),
    reference: ({ name, initial, gradients }) => {
      const zeros = () => new Float64Array(initial.length);
      let state: Omit<RmspropState, "gradient"> = {
        parameter: initial,
        square: zeros(),
        average: zeros(),
        buffer: zeros(),
      };
      gradients.forEach((gradient, i) => {
        state = reference({ ...state, gradient }, {
          ...options,
          eps,
          learningRate: learningRateOf(i + 1),
          weightDecay: decaysHere(name) ? options.weightDecay : 0,
        });
      });
      return {
        parameter: state.parameter,
        states: {
          square_avg: state.square,
          ...(centered && { grad_avg: state.average }),
          ...(momentum > 0 && { momentum_buffer: state.buffer }),
        },
      };
    },
    tolerance: { absolute: learningRateOf(1) * update, relative: STEPS * 2 * 2 ** -24 },
    stateTolerance: {
      absolute: momentum > 0 ? update : STEPS * 2 * GREATEST_GRADIENT * 4 * 2 ** -24,
      relative: STEPS * 4 * 2 ** -24,
    },
  });
}
