import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { Kernel } from "../../src/gpu/kernel.ts";
import { AFFINE, AFFINE_SHADER, testGpu } from "../support/gpu.ts";

Deno.test("Kernel knows its label and bindings without a device", () => {
  assertEquals(AFFINE.label, "affine.forward");
  assertEquals(AFFINE.form("buffers").reflection.bindings.map(({ name }) => name), ["x", "y"]);
});

Deno.test("Kernel names the operands that are halves", () => {
  const source = `#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@compute @workgroup_size(1) fn run() { y[0] = x_quad(0u); }`;
  const init = { name: "halves", source, entryPoint: "run" };
  assertEquals(new Kernel(init).elements, {});
  const kernel = new Kernel({ ...init, elements: { x: "bf16" } });
  assertEquals([kernel.label, kernel.elements], ["halves.run x:bf16", { x: "bf16" }]);
  assertEquals(kernel.form("textures").reflection.bindings[0].texture, "rg32uint");
  assertEquals(kernel.form("buffers").reflection.bindings[0].texture, null);
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
