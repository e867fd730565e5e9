import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { AdamW } from "../../src/optim/adamw.ts";
import { adamw } from "../reference/adamw.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import type { Gpu } from "../../src/gpu/device.ts";

const SIZES = { weight: 1, table: 257, gain: 64, bias: 5 } as const;
type Name = keyof typeof SIZES;
const NAMES = Object.keys(SIZES) as Name[];
const OPTIONS = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 };

/** Two parameters decay, two do not. */
function storeOf(gpu: Gpu): ParameterStore {
  const store = new ParameterStore(gpu);
  NAMES.forEach((name, i) => {
    const shape = [SIZES[name]];
    store.declare({
      parts: [{ name, shape }],
      shape,
      decay: i < 2,
      initialize: () => Float32Array.from(normalValues(SIZES[name], i)),
    });
  });
  store.allocate(() => null, true);
  return store;
}

Deno.test("AdamW equals its reference over ten steps, with and without decay", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const store = storeOf(gpu);
    const optimizer = new AdamW(gpu, store, OPTIONS);
    const states = NAMES.map((name, i) => ({
      parameter: normalValues(SIZES[name], i),
      m: new Float64Array(SIZES[name]),
      v: new Float64Array(SIZES[name]),
    }));
    for (let step = 1; step <= 10; step++) {
      const learningRate = 0.01 / step;
      // Gradients of very different sizes, some of them zero.
      const gradients = NAMES.map((name, i) =>
        normalValues(SIZES[name], 100 * step + i)
          .map((value, j) => j % 7 === 3 ? 0 : Math.fround(value * 10 ** (j % 5 - 3)))
      );
      store.upload(
        ({ name }) => Float32Array.from(gradients[NAMES.indexOf(name as Name)]),
        (slab) => slab.gradients,
      );
      optimizer.step({ learningRate, gradientScale: gpu.constant(0.5) });
      states.forEach((state, i) => {
        Object.assign(
          state,
          adamw(
            { ...state, gradient: gradients[i].map((value) => value * 0.5) },
            {
              step,
              learningRate,
              beta1: OPTIONS.beta1,
              beta2: OPTIONS.beta2,
              eps: OPTIONS.epsilon,
              weightDecay: i < 2 ? OPTIONS.weightDecay : 0,
            },
          ),
        );
      });
    }
    assertEquals(optimizer.stepCount, 10);
    const found = await store.download();
    const left = await store.download((slab) => slab.gradients);
    NAMES.forEach((name, i) => {
      // About ten roundings a step; an update is at most a learning rate or so in size.
      assertClose(found.get(name)!.data, states[i].parameter, {
        op: "AdamW",
        case: name,
        absolute: 10 * 10 * 2 ** -24 * 0.01 * 10,
        relative: 10 * 2 * 2 ** -24,
      });
      assertEquals([...left.get(name)!.data], new Array(SIZES[name]).fill(0));
      seen++;
    });
    optimizer.destroy();
    store.destroy();
  }
  assertEquals(seen, 8);
});

Deno.test("AdamW goes on from saved moments as if it had never stopped", async () => {
  const [gpu] = await testGpus();
  const run = async (pause: boolean) => {
    const store = storeOf(gpu);
    let optimizer = new AdamW(gpu, store, OPTIONS);
    for (let step = 0; step < 4; step++) {
      store.upload(
        ({ name, shape }) => Float32Array.from(normalValues(shape[0], step + name.length)),
        (slab) => slab.gradients,
      );
      optimizer.step({ learningRate: 0.01, gradientScale: gpu.constant(1) });
      if (pause && step === 1) {
        const moments = [];
        for (const i of [0, 1]) {
          moments.push(await store.download((_, slab) => optimizer.moments[slab][i]));
        }
        const { stepCount } = optimizer;
        optimizer.destroy();
        optimizer = new AdamW(gpu, store, OPTIONS);
        moments.forEach((moment, i) =>
          store.upload(
            ({ name }) => moment.get(name)!.data,
            (_, slab) => optimizer.moments[slab][i],
          )
        );
        optimizer.stepCount = stepCount;
      }
    }
    const values = await store.download();
    optimizer.destroy();
    store.destroy();
    return NAMES.map((name) => [...values.get(name)!.data]);
  };
  assertEquals(await run(true), await run(false));
});
