import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { clipGradNorm } from "../reference/clip_grad_norm.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";

Deno.test("GradientNorm equals its reference, below and above the limit", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (
      const [sizes, deviation] of [[[1], 1], [[300, 7], 0.01], [[70_000, 16_384, 5], 1]] as const
    ) {
      const store = new ParameterStore(gpu);
      sizes.forEach((size, i) => {
        const part = { name: `p${i}`, shape: [size] };
        const initialize = () => new Float32Array(size);
        store.declare({ parts: [part], shape: [size], decay: i % 2 === 0, initialize });
      });
      store.allocate(() => null, true);
      const gradients = sizes.map((size, i) => normalValues(size, i, { deviation }));
      store.upload(({ name }) => Float32Array.from(gradients[Number(name[1])]), (s) => s.gradients);
      const norm = new GradientNorm(gpu, store);
      for (const maxNorm of [0, 1, 1000]) {
        const measured = norm.measure(maxNorm);
        const found = [await gpu.read(measured.norm), await gpu.read(measured.coefficient)];
        const expected = clipGradNorm(gradients, maxNorm === 0 ? Infinity : maxNorm);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const relative = floatTolerance(total);
        const name = { op: "GradientNorm", case: `[${sizes}] ${maxNorm}`, absolute: 0, relative };
        assertClose(found[0], [expected.norm], name);
        assertClose(found[1], [expected.coefficient], name);
        seen++;
      }
      norm.destroy();
      store.destroy();
    }
  }
  assertEquals(seen, 18);
});

Deno.test("GradientNorm of gradients that are not finite is not finite", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const store = new ParameterStore(gpu);
    const initialize = () => new Float32Array(8);
    store.declare({ parts: [{ name: "p", shape: [8] }], shape: [8], decay: true, initialize });
    store.allocate(() => null, true);
    const norm = new GradientNorm(gpu, store);
    for (const [bad, coefficient] of [[Infinity, 0], [NaN, NaN]]) {
      store.upload(() => Float32Array.of(1, 2, bad, 0, 0, 0, 0, 0), (slab) => slab.gradients);
      const measured = norm.measure(1);
      assertEquals([...await gpu.read(measured.norm)], [bad]);
      assertEquals([...await gpu.read(measured.coefficient)], [coefficient]);
      seen++;
    }
    norm.destroy();
    store.destroy();
  }
  assertEquals(seen, 4);
});
