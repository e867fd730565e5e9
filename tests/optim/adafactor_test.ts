import { assertEquals, assertThrows } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { Adafactor } from "../../src/optim/adafactor.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { adafactor as reference, type AdafactorState } from "../reference/adafactor.ts";
import { floatTolerance } from "../support/assert_close.ts";
import { testGpu } from "../support/gpu.ts";
import { checkOptimizer } from "../support/optimizer_checks.ts";
import {
  decaysHere,
  learningRateOf,
  OPTIMIZER_PARAMETERS,
  type PartShapes,
} from "../support/optimizer_run.ts";

const WEIGHT_DECAY = 0.1;
const STEPS = 10;
/** More rows than shares of columns, more vectors than threads that measure. */
const PARAMETERS: readonly PartShapes[] = [...OPTIMIZER_PARAMETERS, { "tall": [131, 130] }];
const LONGEST_SUM = 131 * 130;

for (const kind of ["software", "gpu"] as const) {
  checkOptimizer(`Adafactor for ${kind} adapters`, {
    parameters: PARAMETERS,
    create: (gpu, groups) => new Adafactor(gpu, groups, { weightDecay: WEIGHT_DECAY, kind }),
    reference: ({ name, shape, initial, gradients }) => {
      let state: Omit<AdafactorState, "gradient"> = {
        parameter: initial,
        row: new Float64Array(shape[0]),
        column: new Float64Array(shape[1] ?? 0),
      };
      gradients.forEach((gradient, i) => {
        state = reference({ ...state, gradient }, {
          step: i + 1,
          learningRate: learningRateOf(i + 1),
          weightDecay: decaysHere(name) ? WEIGHT_DECAY : 0,
        });
      });
      return {
        parameter: state.parameter,
        states: {
          [shape.length === 2 ? "exp_avg_sq_row" : "exp_avg_sq"]: state.row,
          ...(shape.length === 2 && { exp_avg_sq_col: state.column }),
        },
      };
    },
    // All terms are positive. An update has a root mean square of 1, and is rarely more than 10.
    tolerance: {
      absolute: STEPS * learningRateOf(1) * 10 * floatTolerance(LONGEST_SUM),
      relative: STEPS * 2 * 2 ** -24,
    },
    stateTolerance: { absolute: 0, relative: STEPS * floatTolerance(LONGEST_SUM) },
  });
}

Deno.test("Adafactor keeps a number a row and a number a column", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const initialize = () => new Float32Array(60_000);
  const parts = [{ name: "weight", shape: [300, 200] }];
  store.declare({ parts, shape: [300, 200], decay: true, initialize });
  store.allocate(() => null, true);
  const groups = parameterGroups(store, { learningRate: 1 });
  const optimizer = new Adafactor(gpu, groups, { weightDecay: 0 });
  assertEquals(optimizer.stateBytes, 500 * 4);
  optimizer.destroy();
  store.destroy();
});

Deno.test("Adafactor refuses a parameter of three axes", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const shape = [2, 2, 2];
  const initialize = () => new Float32Array(8);
  store.declare({ parts: [{ name: "cube", shape }], shape, decay: true, initialize });
  store.allocate(() => null, true);
  const groups = parameterGroups(store, { learningRate: 1 });
  assertThrows(
    () => new Adafactor(gpu, groups, { weightDecay: 0 }),
    RangeError,
    'Cannot run Adafactor on "cube" [2,2,2]: found 3 axes, wanted 1 or 2',
  );
  store.destroy();
});
