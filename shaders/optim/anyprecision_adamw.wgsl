// AdamW whose states are rounded to a format of fewer bits after each update, and which may carry what an
// update lost in rounding on to the next one. With g the gradient times its factor,
//   m = round_m(beta1 m + (1 - beta1) g),  v = round_v(beta2 v + (1 - beta2) g^2),
//   u = lr / correction1 m / (sqrt(v) / sqrt(correction2) + epsilon),  q = p (1 - lr decay);
// `plain`: p = q - u;
// `kahan`: c = round_c(c - u), p = q + c, c = round_c(c + (q - p)).
// The gradient becomes zero. A thread owns four neighbours. Formats: 0 f32, 1 bf16, 2 f16; rounding is to
// the nearest, ties to even, as in `cast.wgsl`. Scheduled: lr, lr / correction1, sqrt(correction2),
// 1 - lr decay.
#import lib/grid
#import lib/step_control

struct Params {
  quads: u32,
  group: u32,
  decay: u32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  epsilon: f32,
  momentum_format: u32,
  variance_format: u32,
  compensation_format: u32,
  no_bits: u32,
}

#state 0 values
#state 1 gradients
#state 2 first_moment
#state 3 second_moment
#state 4 compensation
@group(0) @binding(5) var<storage, read> control: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

// Rounds away the low `shift` bits of the fraction.
fn shortened(value: vec4<f32>, shift: u32) -> vec4<f32> {
  let bits = bitcast<vec4<u32>>(value);
  let last = (bits >> vec4<u32>(shift)) & vec4<u32>(1u);
  let half = vec4<u32>((1u << (shift - 1u)) - 1u);
  return bitcast<vec4<f32>>((bits + half + last) & vec4<u32>(0xffffffffu << shift));
}

fn rounded(value: vec4<f32>, format: u32) -> vec4<f32> {
  if (format == 1u) { return shortened(value, 16u); }
  if (format == 2u) {
    // Below 2^-14 the last bit of f16 is worth 2^-24, from 65520 on it is infinite.
    let size = abs(value);
    let sign_bits = bitcast<vec4<u32>>(value) & vec4<u32>(0x80000000u);
    let infinite = bitcast<vec4<f32>>(sign_bits | vec4<u32>(0x7f800000u));
    let normal = select(shortened(value, 13u), infinite, size >= vec4<f32>(65520.0));
    let tiny = round(value * 16777216.0) / 16777216.0;
    return select(normal, tiny, size < vec4<f32>(0.00006103515625));
  }
  return value;
}

// Compilers may reorder sums, and would find the compensation to be zero; they cannot see that no bit
// changes.
fn kept(value: vec4<f32>) -> vec4<f32> {
  return bitcast<vec4<f32>>(bitcast<vec4<u32>>(value) ^ vec4<u32>(params.no_bits));
}

// The update; the moments are stored.
fn moved(i: u32, g: vec4<f32>) -> vec4<f32> {
  let m = rounded(params.beta1 * first_moment_quad(i) + params.rest1 * g, params.momentum_format);
  let v = rounded(params.beta2 * second_moment_quad(i) + params.rest2 * g * g, params.variance_format);
  first_moment[i] = m;
  second_moment[i] = v;
  return scheduled(1u) * (m / (sqrt(v) / scheduled(2u) + params.epsilon));
}

fn decayed(i: u32) -> vec4<f32> {
  return kept(values_quad(i) * select(1.0, scheduled(3u), params.decay != 0u));
}

@compute @workgroup_size(64)
fn plain(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = gradients_quad(i) * gradient_factor();
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  values[i] = decayed(i) - moved(i, g);
}

@compute @workgroup_size(64)
fn kahan(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = gradients_quad(i) * gradient_factor();
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  let before = decayed(i);
  let c = rounded(compensation_quad(i) - moved(i, g), params.compensation_format);
  let after = kept(before + c);
  values[i] = after;
  compensation[i] = rounded(c + kept(before - after), params.compensation_format);
}
