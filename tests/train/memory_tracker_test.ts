import { assert, assertEquals } from "@std/assert";
import { MemoryTracker } from "../../src/train/memory_tracker.ts";
import { testGpu } from "../support/gpu.ts";

Deno.test("MemoryTracker tells what a stage took of the GPU, at its end and at its peak", async () => {
  const gpu = await testGpu();
  const meter = new MemoryTracker(gpu, true).begin("train");
  const kept = gpu.tensor([1 << 18], "kept");
  const passing = gpu.tensor([1 << 19], "passing");
  gpu.release(passing);
  const metrics = meter.end();
  assertEquals(Object.keys(metrics), [
    "train_mem_cpu_alloc_delta",
    "train_mem_gpu_alloc_delta",
    "train_mem_cpu_peaked_delta",
    "train_mem_gpu_peaked_delta",
  ]);
  assertEquals(metrics.train_mem_gpu_alloc_delta, 1 << 20);
  assertEquals(metrics.train_mem_gpu_peaked_delta, 1 << 21);
  assert(metrics.train_mem_cpu_peaked_delta >= 0);
  gpu.release(kept);
});

Deno.test("MemoryTracker sees what the host takes", async () => {
  const meter = new MemoryTracker(await testGpu(), true).begin("eval");
  const held = new Uint8Array(1 << 27).fill(1);
  meter.sample();
  const { eval_mem_cpu_alloc_delta } = meter.end();
  assert(eval_mem_cpu_alloc_delta > held.length / 2, `${eval_mem_cpu_alloc_delta}`);
});

Deno.test("MemoryTracker keeps quiet where nothing is wanted", async () => {
  const meter = new MemoryTracker(await testGpu(), false).begin("init");
  meter.sample();
  assertEquals(meter.end(), {});
});
