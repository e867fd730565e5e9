/**
 * The device that the tests of a file share, and shaders small enough to state beside a test.
 *
 * @module
 */
import { Gpu } from "../../src/gpu/device.ts";
import { Kernel } from "../../src/gpu/kernel.ts";

let shared: Promise<Gpu> | null = null;

/** The one device of this test file; without an adapter every test that asks fails. */
export function testGpu(): Promise<Gpu> {
  shared ??= Gpu.request();
  return shared;
}

let forms: Promise<Gpu[]> | null = null;

/** Two devices of this test file: one reads large operands from textures, one from buffers. */
export function testGpus(): Promise<Gpu[]> {
  forms ??= Promise.all([
    Gpu.request({ operands: "textures" }),
    Gpu.request({ operands: "buffers" }),
  ]);
  return forms;
}

/** y = scale * x + shift, element by element. */
export const AFFINE_SHADER =
  `// A comment that names @group(0) @binding(9) var<storage, read> ghost: array<f32>;
struct Params { count: u32, scale: f32, shift: i32 }
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> unused: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;
override SIZE: u32 = 64u;
fn affine(value: f32) -> f32 { return params.scale * value + f32(params.shift); }
@compute @workgroup_size(SIZE)
fn forward(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x < params.count) { y[id.x] = affine(x[id.x]); }
}
@compute @workgroup_size(1)
fn other() { unused[0] = 1.0; }
`;

/** A kernel of {@linkcode AFFINE_SHADER}. */
export const AFFINE: Kernel = new Kernel({
  name: "affine",
  source: AFFINE_SHADER,
  entryPoint: "forward",
});
