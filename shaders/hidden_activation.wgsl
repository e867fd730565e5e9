// y = the activation of x, element by element; d_x = d_y times its slope. lib/hidden_activation.wgsl says
// which there are.
//
// A thread owns four neighbours. The tensor's last vector may reach beyond its end, never beyond its
// buffer, whose sizes are multiples of 256 bytes.
#import lib/grid
#import lib/hidden_activation

struct Params {
  quads: u32,
  accumulate: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#operand 2 d_y
@group(0) @binding(3) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  y[i] = activated(x_quad(i));
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  var gradient = d_y_quad(i) * slope(x_quad(i));
  if (params.accumulate != 0u) { gradient += d_x[i]; }
  d_x[i] = gradient;
}
