// y = x, and `filler` behind it; backward, d_x += the part of d_y that was x. What is copied whole is copied
// without a kernel: `fill` writes what lies behind, a thread an element; in `add` a thread owns four
// neighbours, of which the last may reach beyond x: what is behind it in d_y must be 0 there.
#import lib/grid

struct Params {
  size: u32,
  first: u32,
  filler: f32,
}

#operand 0 d_y
@group(0) @binding(1) var<storage, read_write> d_x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn fill(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.size) { y[params.first + i] = params.filler; }
}

@compute @workgroup_size(64)
fn add(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.size) { d_x[i] += d_y_quad(i); }
}
