import { assertEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { PlanningDevice } from "../../src/gpu/planning_device.ts";
import { Tape } from "../../src/ops/tape.ts";
import { linear } from "../../src/ops/linear.ts";
import { AFFINE, testGpu, testGpus } from "../support/gpu.ts";

Deno.test("PlanningDevice counts buffers and textures until they are destroyed", async () => {
  const planning = new PlanningDevice(await testGpu());
  const { device, pool } = planning.gpu;
  const { buffers } = planning.bytes;
  const usage = GPUBufferUsage.STORAGE;
  const buffer = device.createBuffer({ size: 1000, usage });
  const [half, full] = (["rgba16float", "rgba32float"] as const).map((format) =>
    device.createTexture({ size: [1024, 2], format, usage: GPUTextureUsage.COPY_DST })
  );
  const taken = pool.acquire(4096, "x");
  assertEquals(planning.bytes, { buffers: buffers + 5096, textures: 1024 * 2 * (8 + 16) });
  buffer.destroy();
  full.destroy();
  half.destroy();
  pool.release(taken);
  pool.trim();
  assertEquals(planning.bytes, { buffers, textures: 0 });
});

Deno.test("PlanningDevice is like the GPU that it stands in for", async () => {
  for (const like of await testGpus()) {
    like.choices.set("op", "1x1", "variant");
    const { gpu } = new PlanningDevice(like);
    const { kind, lanes, info } = like;
    assertEquals([gpu.kind, gpu.lanes, gpu.info], [kind, lanes, info]);
    assertEquals(gpu.device.limits, like.device.limits);
    assertEquals(gpu.choices.get("op", "1x1"), "variant");
    like.choices.clear();
  }
});

Deno.test("PlanningDevice records dispatches, copies, uploads and clears", async () => {
  const planning = new PlanningDevice(await testGpu());
  const { gpu } = planning;
  const x = gpu.upload([8], new Float32Array(8), "x");
  const y = gpu.tensor([8], "y");
  gpu.recorder.dispatch(AFFINE, {
    tensors: { x, y },
    params: { count: 8, scale: 2, shift: 1 },
    workgroups: [1],
  });
  gpu.recorder.copy(y, x);
  gpu.recorder.clear(y);
  gpu.recorder.submit();
  gpu.release(x, y);
  gpu.check();
  assertEquals(gpu.pool.counters.peak, 3 * 256);
  gpu.destroy();
});

Deno.test("PlanningDevice takes textures where the GPU copies operands to them, else none", async () => {
  const [textures, buffers] = await testGpus();
  for (const like of [textures, buffers]) {
    const planning = new PlanningDevice(like);
    const { gpu } = planning;
    const store = new ParameterStore(gpu);
    const weight = store.declare({
      parts: [{ name: "w", shape: [64, 64] }],
      shape: [64, 64],
      decay: true,
      initialize: () => new Float32Array(64 * 64),
    });
    store.allocate(() => null, true);
    const tape = new Tape(gpu, { recording: true });
    linear(tape, { x: tape.empty([64, 64], "x"), weight: weight.value });
    tape.end();
    assertEquals(planning.bytes.textures > 0, like === textures);
  }
});
