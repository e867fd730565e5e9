// d_x[offset + i] += d_y[i]: the gradient of a range of rows goes back to where they were taken. The
// forward pass and a first gradient are copies. A thread owns four neighbours; C is a multiple of 4.
#import lib/grid

struct Params {
  quads: u32,
  offset: u32,
}

#operand 0 d_y
@group(0) @binding(1) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.quads) { d_x[params.offset + i] += d_y_quad(i); }
}
