// y[B, P C] = the parts that are asked for of [u, v, |u - v|, u * v], side by side, where u is the first B
// rows of x[2 B, C] and v the others. P = 2 for `both`, and 1 each for `difference` and `product`.
//
// Backward, with g the gradients of the parts: d_u = g_u + sign(u - v) g_d + v g_p and
// d_v = g_v - sign(u - v) g_d + u g_p; the sign of 0 is 0. A thread owns four neighbours of a pair; C is
// a multiple of 4 and `width` is C / 4.
#import lib/grid

struct Params {
  rows: u32,
  width: u32,
  parts: u32,
  both: u32,
  difference: u32,
  product: u32,
  accumulate: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#operand 2 d_y
@group(0) @binding(3) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

// Where the first part of a pair's quad lies in y.
fn place(i: u32) -> u32 {
  return i / params.width * params.width * params.parts + i % params.width;
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.width) { return; }
  let u = x_quad(i);
  let v = x_quad(params.rows * params.width + i);
  var at = place(i);
  if (params.both != 0u) {
    y[at] = u;
    y[at + params.width] = v;
    at += 2u * params.width;
  }
  if (params.difference != 0u) {
    y[at] = abs(u - v);
    at += params.width;
  }
  if (params.product != 0u) { y[at] = u * v; }
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.width) { return; }
  let other = params.rows * params.width + i;
  let u = x_quad(i);
  let v = x_quad(other);
  var at = place(i);
  var d_u = vec4<f32>();
  var d_v = vec4<f32>();
  if (params.both != 0u) {
    d_u += d_y_quad(at);
    d_v += d_y_quad(at + params.width);
    at += 2u * params.width;
  }
  if (params.difference != 0u) {
    let g = sign(u - v) * d_y_quad(at);
    d_u += g;
    d_v -= g;
    at += params.width;
  }
  if (params.product != 0u) {
    let g = d_y_quad(at);
    d_u += v * g;
    d_v += u * g;
  }
  if (params.accumulate != 0u) {
    d_u += d_x[i];
    d_v += d_x[other];
  }
  d_x[i] = d_u;
  d_x[other] = d_v;
}
