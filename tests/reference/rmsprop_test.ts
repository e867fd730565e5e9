import { assertEquals } from "@std/assert";
import { readOptimizers } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { rmsprop, type RmspropState } from "./rmsprop.ts";

const tight = { op: "rmsprop", absolute: 1e-13, relative: 1e-12 };
const CASES = {
  rmsprop: { momentum: 0, centered: false },
  rmsprop_momentum: { momentum: 0.5, centered: false },
  rmsprop_centered: { momentum: 0, centered: true },
  rmsprop_centered_momentum: { momentum: 0.5, centered: true },
};

Deno.test("rmsprop takes the ten steps that torch.optim.RMSprop 1.13 takes", async () => {
  const { initial, gradients, learningRates, cases } = await readOptimizers();
  for (const [name, settings] of Object.entries(CASES)) {
    const { parameters, states } = cases[name];
    const zeros = () => new Float64Array(initial.length);
    let state: Omit<RmspropState, "gradient"> = {
      parameter: Float64Array.from(initial),
      square: zeros(),
      average: zeros(),
      buffer: zeros(),
    };
    gradients.forEach((gradient, i) => {
      state = rmsprop({ ...state, gradient: Float64Array.from(gradient) }, {
        ...settings,
        alpha: 0.9,
        eps: 1e-3,
        weightDecay: 0.1,
        learningRate: learningRates[i],
      });
      assertClose(state.parameter, parameters[i], { case: `${name} ${i + 1}`, ...tight });
    });
    assertClose(state.square, states.square_avg, tight);
    if (settings.centered) assertClose(state.average, states.grad_avg, tight);
    if (settings.momentum > 0) assertClose(state.buffer, states.momentum_buffer, tight);
    assertEquals(gradients.length, 10);
  }
});
