import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Kernel } from "../../src/gpu/kernel.ts";
import { AFFINE, AFFINE_SHADER, testGpu } from "../support/gpu.ts";

Deno.test("Kernel knows its label and bindings without a device", () => {
  assertEquals(AFFINE.label, "affine.forward");
  assertEquals(AFFINE.form("buffers").reflection.bindings.map(({ name }) => name), ["x", "y"]);
});

Deno.test("Kernel refuses an entry point that the shader lacks", () => {
  assertThrows(
    () =>
      new Kernel({ name: "affine", source: AFFINE_SHADER, entryPoint: "backward" }).form("buffers"),
    SyntaxError,
    'Cannot find entry point "backward" in shaders/affine.wgsl',
  );
});

Deno.test("KernelCache makes a pipeline once", async () => {
  const { recorder } = await testGpu();
  const first = recorder.kernels.get(AFFINE);
  const size = recorder.kernels.size;
  assertStrictEquals(recorder.kernels.get(AFFINE), first);
  assertEquals(recorder.kernels.size, size);
});
