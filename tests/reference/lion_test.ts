import { assertEquals } from "@std/assert";
import { readOptimizers, RECORDED_SETTINGS } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { lion, type LionState } from "./lion.ts";

const tight = { op: "lion", absolute: 1e-14, relative: 1e-13 };

Deno.test("lion takes the ten steps of a second implementation", async () => {
  const { initial, gradients, learningRates, cases } = await readOptimizers();
  const { parameters, states } = cases.lion;
  let state: Omit<LionState, "gradient"> = {
    parameter: Float64Array.from(initial),
    m: new Float64Array(initial.length),
  };
  gradients.forEach((gradient, i) => {
    state = lion({ ...state, gradient: Float64Array.from(gradient) }, {
      ...RECORDED_SETTINGS,
      learningRate: learningRates[i],
    });
    assertClose(state.parameter, parameters[i], { case: `step ${i + 1}`, ...tight });
  });
  assertClose(state.m, states.exp_avg, tight);
  assertEquals(gradients.length, 10);
});
