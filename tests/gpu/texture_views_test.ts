import { assertEquals, assertThrows } from "@std/assert";
import { Kernel } from "../../src/gpu/kernel.ts";
import { VIEW_WIDTH } from "../../src/gpu/texture_views.ts";
import { testGpu } from "../support/gpu.ts";

/** y = the texels of a view, one lane a texel. */
const READ = new Kernel({
  name: "read_view",
  entryPoint: "read",
  source: `@group(0) @binding(0) var image: texture_2d<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
struct Params { texels: u32 }
@group(1) @binding(0) var<uniform> params: Params;
@compute @workgroup_size(64)
fn read(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.texels) { return; }
  y[id.x] = textureLoad(image, vec2<u32>(id.x % 1024u, id.x / 1024u), 0);
}`,
});

Deno.test("TextureViews show the elements of a tensor, below, at and above whole rows", async () => {
  const gpu = await testGpu();
  assertEquals(VIEW_WIDTH, 1024);
  for (const [offset, elements] of [[0, 4], [8, 4092], [4, 4096], [0, 4100], [12, 3 * 4096 + 8]]) {
    const data = new Float32Array(offset + elements).map((_, i) => i + 1);
    const x = gpu.upload([data.length], data, "x");
    const y = gpu.tensor([elements], "y");
    gpu.recorder.dispatch(READ, {
      textures: { image: gpu.views.copy("image", x, offset, elements) },
      tensors: { y },
      params: { texels: elements / 4 },
      workgroups: [Math.ceil(elements / 256)],
    });
    assertEquals(await gpu.read(y), data.slice(offset));
    gpu.release(x, y);
  }
});

Deno.test("TextureViews tell what cannot be viewed", async () => {
  const { views, device } = await testGpu();
  const most = device.limits.maxTextureDimension2D * VIEW_WIDTH * 4;
  assertEquals([views.fits(0, most), views.fits(0, most + 4), views.fits(2, 4)], [
    true,
    false,
    false,
  ]);
});

Deno.test("Recorder names a texture that is missing", async () => {
  const gpu = await testGpu();
  const y = gpu.tensor([4], "y");
  assertThrows(
    () => gpu.recorder.dispatch(READ, { tensors: { y }, params: { texels: 1 }, workgroups: [1] }),
    TypeError,
    'texture "image" is missing; found none',
  );
  gpu.release(y);
});
