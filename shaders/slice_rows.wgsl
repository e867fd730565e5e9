// d_x[offset + i] += d_y[i]: the gradient of a range of rows goes back to where they were taken. The
// forward pass and a first gradient are copies. A thread owns one element.
#import lib/grid

struct Params {
  size: u32,
  offset: u32,
}

@group(0) @binding(0) var<storage, read> d_y: array<f32>;
@group(0) @binding(1) var<storage, read_write> d_x: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.size) { d_x[params.offset + i] += d_y[i]; }
}
