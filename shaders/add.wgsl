// y = a + b, and y += x, element by element: residual sums and the sums of gradients behind them.
// A thread owns four neighbours; the last vector may reach beyond a tensor, never beyond its buffer.
#import lib/grid

struct Params {
  quads: u32,
}

#operand 0 a
#operand 1 b
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.quads) { y[i] = a_quad(i) + b_quad(i); }
}

@compute @workgroup_size(64)
fn accumulate(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i < params.quads) { y[i] += a_quad(i); }
}
