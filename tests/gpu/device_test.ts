import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DeviceError, DeviceLostError, OutOfMemoryError, UsageError } from "../../src/errors.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { requestAdapter } from "../../src/gpu/request_adapter.ts";
import { Kernel } from "../../src/gpu/kernel.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("Gpu uploads and reads floats, integers and constants", async () => {
  const gpu = await testGpu();
  const floats = gpu.upload([2, 2], new Float32Array([1, -2, 3.5, 1e-30]), "floats");
  const integers = gpu.upload([3], new Uint32Array([0, 7, 0xffffffff]), "integers");
  assertEquals(await gpu.read(floats), new Float32Array([1, -2, 3.5, 1e-30]));
  assertEquals([...await gpu.readIntegers(integers)], [0, 7, 0xffffffff]);
  assertEquals([...await gpu.read(gpu.constant(0.25))], [0.25]);
  assert(gpu.constant(0.25) === gpu.constant(0.25));
  gpu.release(floats, integers);
});

Deno.test("Gpu gives halves half the room and reads them as floats", async () => {
  const gpu = await testGpu();
  const { live } = gpu.pool.counters;
  const x = gpu.tensor([1024], "x", "bf16");
  assertEquals(gpu.pool.counters.live - live, 2048);
  const words = gpu.upload([512], new Uint32Array(512).fill(0xc0403f80), "words");
  gpu.recorder.copyBytes(words.allocation.buffer, 0, x, 2048);
  assertEquals([...(await gpu.read(x)).subarray(1022)], [1, -3]);
  assertEquals((await gpu.readIntegers(x)).at(-1), 0xc0403f80);
  gpu.release(x, words);
});

Deno.test("Gpu holds no more than it is told", async () => {
  const gpu = await Gpu.request({ memoryLimit: 1 << 20 });
  const half = gpu.tensor([1 << 17], "half");
  assertThrows(() => gpu.tensor([1 << 18], "too much"), OutOfMemoryError, "too much");
  // Work that is recorded still finds its buffers when free ones are given up.
  gpu.recorder.clear(half);
  gpu.release(half);
  const other = gpu.tensor([3 << 16], "other");
  assertEquals((await gpu.read(other)).length, 3 << 16);
  gpu.destroy();
});

Deno.test("Gpu goes on after its memory did not suffice, and after nothing else", async () => {
  const gpu = await Gpu.request();
  const raise = (error: GPUError) =>
    gpu.device.dispatchEvent(Object.assign(new Event("uncapturederror"), { error }));
  raise(new GPUOutOfMemoryError("none left"));
  assertThrows(() => gpu.check(), OutOfMemoryError, "none left");
  gpu.recover();
  gpu.check();
  raise(new GPUValidationError("nonsense"));
  gpu.recover();
  assertThrows(() => gpu.check(), DeviceError, "nonsense");
  gpu.destroy();
});

Deno.test("Gpu raises the limits to the adapter's", async () => {
  const gpu = await testGpu();
  const adapter = await requestAdapter();
  assertEquals(gpu.device.limits.maxBufferSize, adapter!.limits.maxBufferSize);
});

Deno.test("Gpu reports a shader that does not compile at the next read", async () => {
  const gpu = await Gpu.request();
  const kernel = new Kernel({
    name: "broken",
    source:
      "@group(0) @binding(0) var<storage, read_write> y: array<f32>;\n@compute @workgroup_size(1)\nfn forward() { y[0] = nonsense; }",
    entryPoint: "forward",
  });
  const y = gpu.tensor([1], "y");
  gpu.recorder.dispatch(kernel, { tensors: { y }, workgroups: [1] });
  await assertRejects(() => gpu.read(y), DeviceError, "Cannot");
  gpu.destroy();
});

Deno.test("Gpu.explained finds the lost device behind what failed before the news came", async () => {
  const gpu = await Gpu.request();
  const usage = new UsageError("a flag");
  const other = new Error("something else");
  assertEquals(await gpu.explained(other), other);
  assertEquals(gpu.isLost, false);
  const x = gpu.upload([2], new Float32Array(2), "x");
  gpu.device.destroy();
  const error = await assertRejects(() => gpu.read(x), DeviceLostError, "the device was lost");
  assert(error.cause instanceof Error);
  assert(gpu.isLost);
  assert(await gpu.explained(other) instanceof DeviceLostError);
  assert(await gpu.explained(error) === error);
  assert(await gpu.explained(usage) === usage);
  assertThrows(() => gpu.check(), DeviceLostError);
  // A loss is nothing to recover from.
  gpu.recover();
  assertThrows(() => gpu.check(), DeviceLostError);
  gpu.destroy();
});

Deno.test("Gpu.explained takes a device that was destroyed on purpose for no loss", async () => {
  const gpu = await Gpu.request();
  gpu.destroy();
  const error = new Error("after the end");
  assert(await gpu.explained(error) === error);
  assertEquals(gpu.isLost, false);
});
