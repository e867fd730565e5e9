// y[t, c] = a(x[t, c]) x[t, F + c] for x[T, 2 F], with an activation a of lib/hidden_activation.wgsl;
// d_x[t, c] = d_y x[t, F + c] a'(x[t, c]), d_x[t, F + c] = d_y a(x[t, c]).
//
// A thread owns four neighbours of y and what belongs to them. F is a multiple of 4; `quads` is F / 4.
#import lib/grid
#import lib/hidden_activation

struct Params {
  rows: u32,
  quads: u32,
  accumulate: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#operand 2 d_y
@group(0) @binding(3) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn put(at: u32, gradient: vec4<f32>) {
  if (params.accumulate != 0u) { d_x[at] += gradient; } else { d_x[at] = gradient; }
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.quads) { return; }
  let at = i + i / params.quads * params.quads;
  y[i] = activated(x_quad(at)) * x_quad(at + params.quads);
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.quads) { return; }
  let at = i + i / params.quads * params.quads;
  let value = x_quad(at);
  let gradient = d_y_quad(i);
  put(at, gradient * x_quad(at + params.quads) * slope(value));
  put(at + params.quads, gradient * activated(value));
}
