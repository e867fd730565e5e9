// y = tanh x or 1 / (1 + exp(-x)), element by element; d_x = d_y times 1 - y^2 or y (1 - y).
//
// A thread owns four neighbours. tanh is x times a polynomial in x^2 below 0.75, a least-squares fit on Chebyshev nodes
// within 3.5e-8 of it, and 1 - 2 / (exp(2 |x|) + 1) above: the latter alone would lose the digits of small values.
// Exponents are cut where results no longer change in f32, so that nothing overflows. NaN passes by its bits. The
// tensor's last vector may reach beyond its end, never beyond its buffer.
#import lib/grid

struct Params {
  quads: u32,
  kind: u32,
  accumulate: u32,
}

const TANH = 0u;

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
#operand 2 saved
#operand 3 d_y
@group(0) @binding(4) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn tanh_small(x: vec4<f32>) -> vec4<f32> {
  let u = x * x;
  var p = vec4<f32>(-0.004770392552018166);
  p = p * u + 0.01966562308371067;
  p = p * u - 0.053390227258205414;
  p = p * u + 0.13326509296894073;
  p = p * u - 0.3333306610584259;
  return x + x * u * p;
}

fn tanh_large(x: vec4<f32>) -> vec4<f32> {
  let e = exp(2.0 * min(abs(x), vec4<f32>(10.0)));
  return sign(x) * (1.0 - 2.0 / (e + 1.0));
}

fn is_nan(x: vec4<f32>) -> vec4<bool> {
  return (bitcast<vec4<u32>>(x) & vec4<u32>(0x7fffffffu)) > vec4<u32>(0x7f800000u);
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let value = x_quad(i);
  var result: vec4<f32>;
  if (params.kind == TANH) {
    result = select(tanh_large(value), tanh_small(value), abs(value) < vec4<f32>(0.75));
  } else {
    result = 1.0 / (1.0 + exp(min(-value, vec4<f32>(80.0))));
  }
  y[i] = select(result, value, is_nan(value));
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let value = saved_quad(i);
  var slope: vec4<f32>;
  if (params.kind == TANH) {
    slope = (1.0 - value) * (1.0 + value);
  } else {
    slope = value * (1.0 - value);
  }
  var gradient = d_y_quad(i) * slope;
  if (params.accumulate != 0u) { gradient += d_x[i]; }
  d_x[i] = gradient;
}
