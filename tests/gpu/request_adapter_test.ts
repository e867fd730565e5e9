import { assert, assertEquals, assertMatch } from "@std/assert";
import { isSoftware, NO_ADAPTER, requestAdapter } from "../../src/gpu/request_adapter.ts";

Deno.test("requestAdapter finds the adapter that every other test needs", async () => {
  assert(await requestAdapter() !== null);
});

Deno.test("requestAdapter gives null where there is no WebGPU adapter", async () => {
  const { requestAdapter: original } = navigator.gpu;
  navigator.gpu.requestAdapter = () => Promise.resolve(null);
  try {
    assertEquals(await requestAdapter(), null);
  } finally {
    navigator.gpu.requestAdapter = original;
  }
  assertMatch(NO_ADAPTER, /install a Vulkan driver/);
});

Deno.test("isSoftware knows drivers that run shaders on the CPU", () => {
  const info = (description: string, isFallbackAdapter = false) =>
    ({ description, isFallbackAdapter }) as GPUAdapterInfo;
  assert(isSoftware(info("llvmpipe (LLVM 15.0.6, 256 bits)")));
  assert(isSoftware(info("SwiftShader Device")));
  assert(isSoftware(info("something", true)));
  assert(!isSoftware(info("NVIDIA H100")));
});
