import { assertEquals } from "@std/assert";
import { adamw, type AdamWOptions } from "../../src/optim/adamw.ts";
import { ElementwiseOptimizer } from "../../src/optim/elementwise_optimizer.ts";
import { adamw as reference } from "../reference/adamw.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import {
  decaysHere,
  GRADIENT_FACTOR,
  gradientOf,
  initialOf,
  learningRateOf,
  OPTIMIZER_NAMES,
  runOptimizer,
} from "../support/optimizer_run.ts";

const OPTIONS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };
const STEPS = 10;

function expected(name: string): ReturnType<typeof reference> {
  const parameter = initialOf(name);
  const zeros = () => new Float64Array(parameter.length);
  let state = { parameter, m: zeros(), v: zeros() };
  for (let step = 1; step <= STEPS; step++) {
    const gradient = gradientOf(name, step).map((value) => value * GRADIENT_FACTOR);
    state = reference({ ...state, gradient }, {
      step,
      learningRate: learningRateOf(step),
      beta1: OPTIONS.beta1,
      beta2: OPTIONS.beta2,
      eps: OPTIONS.epsilon,
      weightDecay: decaysHere(name) ? OPTIONS.weightDecay : 0,
    });
  }
  return state;
}

// About ten roundings a step; an update is at most a learning rate or so in size.
const TOLERANCE = {
  absolute: STEPS * 10 * 2 ** -24 * learningRateOf(1) * 10,
  relative: STEPS * 2 * 2 ** -24,
};

Deno.test("adamw equals its reference over ten steps, with and without decay", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const run = await runOptimizer(
      gpu,
      (groups) => new ElementwiseOptimizer(gpu, groups, adamw(OPTIONS)),
      { steps: STEPS },
    );
    for (const name of OPTIMIZER_NAMES) {
      const { parameter, m, v } = expected(name);
      const at = { op: "AdamW", case: name };
      assertClose(run.values.get(name)!, parameter, { ...at, ...TOLERANCE });
      // A moment is a sum of ten terms; terms of either sign can cancel.
      const moment = { absolute: STEPS * 4 * 2 ** -24, relative: STEPS * 4 * 2 ** -24 };
      assertClose(run.state.get(`exp_avg.${name}`)!.data as Float32Array, m, { ...at, ...moment });
      assertClose(run.state.get(`exp_avg_sq.${name}`)!.data as Float32Array, v, {
        ...at,
        ...moment,
      });
      assertEquals(run.gradients.get(name)!.some((value) => value !== 0), false, name);
      seen++;
    }
  }
  assertEquals(seen, 2 * 4);
});

Deno.test("adamw leaves everything as it is in a skipped step, and counts it for nothing", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const create = (groups: ConstructorParameters<typeof ElementwiseOptimizer>[1]) =>
      new ElementwiseOptimizer(gpu, groups, adamw(OPTIONS));
    const plain = await runOptimizer(gpu, create, { steps: 5 });
    const skipping = await runOptimizer(gpu, create, { steps: 5, bad: [1, 4] });
    assertEquals(skipping.values, plain.values);
    assertEquals(skipping.state, plain.state);
    assertEquals(skipping.gradients, plain.gradients);
    seen++;
  }
  assertEquals(seen, 2);
});
