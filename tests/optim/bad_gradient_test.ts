import { assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { BadGradient } from "../../src/optim/bad_gradient.ts";
import { testGpus } from "../support/gpu.ts";

/** Parameters of these sizes; every second one decays. */
function storeOf(gpu: Gpu, prefix: string, sizes: readonly number[]): ParameterStore {
  const store = new ParameterStore(gpu);
  sizes.forEach((size, i) => {
    const part = { name: `${prefix}${i}`, shape: [size] };
    const initialize = () => new Float32Array(size);
    store.declare({ parts: [part], shape: [size], decay: i % 2 === 0, initialize });
  });
  store.allocate(() => null, true);
  return store;
}

/** Makes gradients 1 but for some elements. */
function setGradients(store: ParameterStore, bad: Record<string, readonly [number, number]>): void {
  store.upload(({ name, shape }) => {
    const data = new Float32Array(shape[0]).fill(1);
    if (name in bad) data[bad[name][0]] = bad[name][1];
    return data;
  }, (slab) => slab.gradients);
}

Deno.test("BadGradient names the first step, and of it the first tensor of the backward pass", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const model = storeOf(gpu, "m", [1, 300, 70_000, 5, 65]);
    const loss = storeOf(gpu, "l", [3]);
    const cases = [
      [{}, {}, null],
      [{ m0: [0, NaN] }, {}, "m0"],
      [{ m1: [299, -Infinity], m2: [69_999, NaN] }, {}, "m2"],
      [{ m3: [0, Infinity], m2: [0, NaN] }, {}, "m3"],
      [{ m4: [64, NaN], m0: [0, NaN] }, {}, "m4"],
      [{ m4: [0, NaN] }, { l0: [2, Infinity] }, "l0"],
    ] as const;
    for (const [ofModel, ofLoss, name] of cases) {
      const bad = new BadGradient(gpu, [model, loss]);
      const [norm, infinite] = [gpu.constant(2), gpu.constant(Infinity)];
      setGradients(model, {});
      setGradients(loss, {});
      bad.look(norm, 1);
      assertEquals(await bad.find(), null);
      setGradients(model, ofModel);
      setGradients(loss, ofLoss);
      bad.look(infinite, 2);
      // A later step changes nothing.
      setGradients(loss, { l0: [0, NaN] });
      if (name !== null) bad.look(infinite, 3);
      assertEquals(await bad.find(), name === null ? null : { step: 2, name });
      bad.destroy();
      seen++;
    }
    model.destroy();
    loss.destroy();
  }
  assertEquals(seen, 12);
});

Deno.test("BadGradient reads no gradient where their norm is finite, nor where it does not look", async () => {
  for (const gpu of await testGpus()) {
    const store = storeOf(gpu, "m", [8]);
    setGradients(store, { m0: [1, NaN] });
    const bad = new BadGradient(gpu, [store]);
    bad.look(gpu.constant(1), 1);
    assertEquals(await bad.find(), null);
    bad.isLooking = false;
    bad.look(gpu.constant(NaN), 2);
    assertEquals(await bad.find(), null);
    bad.isLooking = true;
    bad.look(gpu.constant(NaN), 3);
    assertEquals(await bad.find(), { step: 3, name: "m0" });
    bad.destroy();
    store.destroy();
  }
});
