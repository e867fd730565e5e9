import { assertEquals } from "@std/assert";
import { readOptimizers, RECORDED_SETTINGS } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import type { AdamwState } from "./adamw.ts";
import { adamwHf } from "./adamw_hf.ts";

const tight = { op: "adamwHf", absolute: 1e-14, relative: 1e-13 };

Deno.test("adamwHf takes the ten steps of a second implementation", async () => {
  const { initial, gradients, learningRates, cases } = await readOptimizers();
  const { parameters, states } = cases.adamw_hf;
  const zeros = () => new Float64Array(initial.length);
  let state: Omit<AdamwState, "gradient"> = {
    parameter: Float64Array.from(initial),
    m: zeros(),
    v: zeros(),
  };
  gradients.forEach((gradient, i) => {
    state = adamwHf({ ...state, gradient: Float64Array.from(gradient) }, {
      ...RECORDED_SETTINGS,
      step: i + 1,
      learningRate: learningRates[i],
    });
    assertClose(state.parameter, parameters[i], { case: `step ${i + 1}`, ...tight });
  });
  assertClose(state.m, states.exp_avg, tight);
  assertClose(state.v, states.exp_avg_sq, tight);
  assertEquals(gradients.length, 10);
});
