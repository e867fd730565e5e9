import { assertEquals } from "@std/assert";
import { StepControl } from "../../src/optim/step_control.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("StepControl gives each group the scalars of the updates done", async () => {
  const gpu = await testGpu();
  const control = new StepControl(gpu, { groups: 2 });
  const measured = { norm: gpu.constant(3), coefficient: gpu.constant(0.25) };
  for (let step = 0; step < 3; step++) {
    control.decide(measured, { first: step, rows: [[[step, 1, 2, 3], [10 * step]]] });
    assertEquals([...await gpu.read(control.choice)], [
      ...[0.25, 0, 0, 0],
      ...[step, 1, 2, 3],
      ...[10 * step, 0, 0, 0],
    ]);
  }
  assertEquals(await control.read(), { scale: 1, growthTracker: 0, updates: 3, skipped: 0 });
  control.destroy();
});

Deno.test("StepControl without scaling skips nothing, whatever the norm", async () => {
  const gpu = await testGpu();
  const control = new StepControl(gpu, { groups: 1 });
  const measured = { norm: gpu.constant(NaN), coefficient: gpu.constant(1) };
  control.decide(measured, { first: 0, rows: [[[1]]] });
  assertEquals((await gpu.read(control.choice))[1], 0);
  assertEquals(control.seed(0.5), 0.5);
  control.destroy();
});

Deno.test("StepControl with scaling halves at what is not finite, and the schedule waits", async () => {
  const gpu = await testGpu();
  const control = new StepControl(gpu, { groups: 1, scaling: true });
  const rows = (count: number) => Array.from({ length: count }, (_, i) => [[100 + i] as const]);
  const norms = [Infinity, 1, NaN, 2, 3];
  const found = [];
  for (const [step, norm] of norms.entries()) {
    // The host knows nothing of skipped steps: it sends every row that may be wanted.
    const measured = { norm: gpu.constant(norm), coefficient: gpu.constant(1) };
    control.decide(measured, { first: 0, rows: rows(step + 1) });
    const [, skip, , , rate] = await gpu.read(control.choice);
    found.push([skip, rate]);
  }
  assertEquals(found, [[1, 100], [0, 100], [1, 101], [0, 101], [0, 102]]);
  assertEquals(await control.read(), { scale: 16384, growthTracker: 2, updates: 3, skipped: 2 });
  const seed = control.seed(0.5);
  assertEquals(typeof seed === "number" ? seed : [...await gpu.read(seed)], [8192]);
  control.destroy();
});

Deno.test("StepControl doubles the scale after 2,000 finite steps", async () => {
  const gpu = await testGpu();
  const control = new StepControl(gpu, { groups: 1, scaling: true });
  control.restore({ scale: 4, growthTracker: 1998, updates: 7, skipped: 1 });
  const measured = { norm: gpu.constant(1), coefficient: gpu.constant(1) };
  const states = [];
  for (let step = 7; step < 10; step++) {
    control.decide(measured, { first: step, rows: [[[1]]] });
    states.push(await control.read());
  }
  assertEquals(states, [
    { scale: 4, growthTracker: 1999, updates: 8, skipped: 1 },
    { scale: 8, growthTracker: 0, updates: 9, skipped: 1 },
    { scale: 8, growthTracker: 1, updates: 10, skipped: 1 },
  ]);
  control.destroy();
});
