import { assertEquals } from "@std/assert";
import { readOptimizers } from "../golden/optimizers.ts";
import { assertClose } from "../support/assert_close.ts";
import { adafactor, type AdafactorState } from "./adafactor.ts";

const tight = { op: "adafactor", absolute: 1e-14, relative: 1e-13 };

Deno.test("adafactor takes the ten steps of a second implementation, for a matrix and a vector", async () => {
  const { shape, initial, gradients, learningRates, cases } = await readOptimizers();
  for (const [name, row, column] of [["matrix", ...shape], ["vector", 6, 0]] as const) {
    const { parameters, states } = cases[`adafactor_${name}`];
    let state: Omit<AdafactorState, "gradient"> = {
      parameter: Float64Array.from(initial),
      row: new Float64Array(row),
      column: new Float64Array(column),
    };
    gradients.forEach((gradient, i) => {
      state = adafactor({ ...state, gradient: Float64Array.from(gradient) }, {
        weightDecay: 0.1,
        step: i + 1,
        learningRate: learningRates[i],
      });
      assertClose(state.parameter, parameters[i], { case: `${name} ${i + 1}`, ...tight });
    });
    assertClose(state.row, states.exp_avg_sq_row ?? states.exp_avg_sq, tight);
    if (column > 0) assertClose(state.column, states.exp_avg_sq_col, tight);
    assertEquals(gradients.length, 10);
  }
});
