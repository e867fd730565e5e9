import { assert, assertEquals, assertThrows } from "@std/assert";
import { Gpu } from "../../src/gpu/device.ts";
import { Kernel, type KernelInit } from "../../src/gpu/kernel.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { VIEW_WIDTH } from "../../src/gpu/texture_views.ts";
import { cast } from "../../src/ops/cast.ts";

/** y = x, and then the state twice itself, four elements a lane. */
const source = `#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#state 2 z
struct Params { quads: u32 }
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(64)
fn show(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.quads) { y[id.x] = x_quad(id.x); }
}
@compute @workgroup_size(64)
fn double(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.quads) { z[id.x] = 2.0 * z_quad(id.x); }
}`;
const show = (elements: KernelInit["elements"]) =>
  new Kernel({ name: "views", source, entryPoint: "show", elements });
const SHOW = { f32: show({}), u32: show({}), f16: show({ x: "f16" }), bf16: show({ x: "bf16" }) };
const DOUBLE = new Kernel({ name: "views", source, entryPoint: "double" });

const gpus = Promise.all([
  Gpu.request({ operands: "textures" }),
  Gpu.request({ operands: "buffers" }),
]);

async function copied(gpu: Gpu, x: Tensor): Promise<Float32Array> {
  const quads = Math.ceil(x.size / 4);
  const y = gpu.tensor(x.shape, "y");
  gpu.recorder.dispatch(SHOW[x.dtype], {
    tensors: { x, y },
    params: { quads },
    workgroups: [Math.ceil(quads / 64)],
  });
  const found = await gpu.read(y);
  gpu.release(y);
  return found;
}

Deno.test("TextureViews show a tensor, below, at and above whole rows, and a window", async () => {
  assertEquals(VIEW_WIDTH, 1024);
  for (const gpu of await gpus) {
    for (const size of [1, 4, 4092, 4096, 4100, 3 * 4096 + 8]) {
      const data = new Float32Array(size).map((_, i) => i + 1);
      const x = gpu.upload([size], data, "x");
      assertEquals(await copied(gpu, x), data);
      gpu.release(x);
    }
    const whole = gpu.upload([512], new Float32Array(512).map((_, i) => i), "whole");
    const { allocation } = whole;
    const shape = [64];
    const window = new Tensor({
      allocation,
      shape,
      byteOffset: 256,
      bindingBytes: 256,
      label: "w",
    });
    assertEquals(await copied(gpu, window), new Float32Array(64).map((_, i) => i + 64));
    gpu.release(whole);
  }
});

Deno.test("TextureViews show halves, below, at and above whole rows, and a window", async () => {
  let seen = 0;
  for (const gpu of await gpus) {
    for (const dtype of ["f16", "bf16"] as const) {
      // Exact in both formats, and of a period that no row has.
      const values = (size: number) => new Float32Array(size).map((_, i) => i % 127 - 63);
      for (const size of [1, 4, 4092, 4096, 4100, 3 * 4096 + 8]) {
        const floats = gpu.upload([size], values(size), "floats");
        const x = gpu.tensor([size], "x", dtype);
        cast(gpu, floats, x);
        assertEquals(await copied(gpu, x), values(size));
        gpu.release(floats, x);
        seen++;
      }
      const floats = gpu.upload([512], values(512), "floats");
      const whole = gpu.tensor([512], "whole", dtype);
      cast(gpu, floats, whole);
      const { allocation } = whole;
      const window = { allocation, byteOffset: 256, bindingBytes: 256, dtype };
      const shown = await copied(gpu, new Tensor({ ...window, shape: [64], label: "w" }));
      assertEquals(shown, values(512).slice(128, 192));
      gpu.release(floats, whole);
    }
  }
  assertEquals(seen, 24);
});

Deno.test("TextureViews are copied again after every kind of write, and only then", async () => {
  for (const gpu of await gpus) {
    const x = gpu.upload([64], new Float32Array(64).fill(1), "x");
    const other = gpu.upload([64], new Float32Array(64).fill(5), "other");
    const first = async () => (await copied(gpu, x))[0];
    assertEquals([await first(), await first()], [1, 1]);
    gpu.recorder.upload(x, new Float32Array(64).fill(2));
    assertEquals(await first(), 2);
    const state = { tensors: { z: x }, params: { quads: 16 }, workgroups: [1] } as const;
    gpu.recorder.dispatch(DOUBLE, state);
    gpu.recorder.dispatch(DOUBLE, state);
    assertEquals(await first(), 8);
    gpu.recorder.copy(other, x);
    assertEquals(await first(), 5);
    gpu.recorder.clear(x);
    assertEquals(await first(), 0);
    gpu.recorder.copyInto(other, x, 0);
    assertEquals(await first(), 5);
    gpu.release(x, other);
  }
});

Deno.test("TextureViews stay within their budget, and show every tensor that is read again", async () => {
  const [gpu] = await gpus;
  const sizes = [
    1 << 22,
    1 << 22,
    1 << 20,
    1 << 22,
    1 << 22,
    1 << 22,
    1 << 22,
    1 << 22,
    1 << 22,
    1 << 22,
  ];
  const tensors = sizes.map((size, i) =>
    gpu.upload([size], new Float32Array(size).fill(i), `${i}`)
  );
  for (let round = 0; round < 2; round++) {
    for (const [i, tensor] of tensors.entries()) {
      assertEquals((await copied(gpu, tensor)).every((value) => value === i), true);
      // The largest takes 16 MiB, beside 64 MiB for all.
      assert(gpu.recorder.views.bytes <= 80 * 2 ** 20);
    }
  }
  gpu.release(...tensors);
});

Deno.test("TextureViews refuse what no texture can hold", async () => {
  const [gpu] = await gpus;
  const { recorder, device } = gpu;
  const x = gpu.tensor([4], "x");
  const most = device.limits.maxTextureDimension2D * VIEW_WIDTH * 4;
  const huge = Object.create(x, { size: { value: most + 4 }, label: { value: "huge" } });
  assertThrows(() => recorder.views.show(huge), RangeError, 'Cannot read "huge" as a texture');
  gpu.release(x);
});
