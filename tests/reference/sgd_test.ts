import { assertEquals } from "@std/assert";
import { readOptimizers } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { sgd, type SgdState } from "./sgd.ts";

const tight = { op: "sgd", absolute: 1e-14, relative: 1e-13 };
const CASES = {
  sgd: { momentum: 0, dampening: 0, nesterov: false },
  sgd_momentum: { momentum: 0.9, dampening: 0.25, nesterov: false },
  sgd_nesterov: { momentum: 0.9, dampening: 0, nesterov: true },
};

Deno.test("sgd takes the ten steps that torch.optim.SGD 1.13 takes", async () => {
  const { initial, gradients, learningRates, cases } = await readOptimizers();
  for (const [name, settings] of Object.entries(CASES)) {
    const { parameters, states } = cases[name];
    let state: Omit<SgdState, "gradient"> = {
      parameter: Float64Array.from(initial),
      buffer: new Float64Array(initial.length),
    };
    gradients.forEach((gradient, i) => {
      state = sgd({ ...state, gradient: Float64Array.from(gradient) }, {
        ...settings,
        weightDecay: 0.1,
        step: i + 1,
        learningRate: learningRates[i],
      });
      assertClose(state.parameter, parameters[i], { case: `${name} ${i + 1}`, ...tight });
    });
    if (settings.momentum > 0) assertClose(state.buffer, states.momentum_buffer, tight);
    assertEquals(gradients.length, 10);
  }
});
