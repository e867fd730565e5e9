import { assertEquals } from "@std/assert";
import { readOptimizers } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { adagrad, type AdagradState } from "./adagrad.ts";

const tight = { op: "adagrad", absolute: 1e-14, relative: 1e-13 };

Deno.test("adagrad takes the ten steps that torch.optim.Adagrad 1.13 takes", async () => {
  const { initial, gradients, learningRates, cases } = await readOptimizers();
  const { parameters, states } = cases.adagrad;
  let state: Omit<AdagradState, "gradient"> = {
    parameter: Float64Array.from(initial),
    sum: new Float64Array(initial.length),
  };
  gradients.forEach((gradient, i) => {
    state = adagrad({ ...state, gradient: Float64Array.from(gradient) }, {
      lrDecay: 0.1,
      eps: 1e-3,
      weightDecay: 0.1,
      step: i + 1,
      learningRate: learningRates[i],
    });
    assertClose(state.parameter, parameters[i], { case: `step ${i + 1}`, ...tight });
  });
  assertClose(state.sum, states.sum, tight);
  assertEquals(gradients.length, 10);
});
