// RMSprop over a piece of a slab: with g the gradient times its factor plus decay p,
//   v = alpha v + (1 - alpha) g^2;  `centered`: a = alpha a + (1 - alpha) g, w = v - a^2; else w = v;
//   u = g / (sqrt(w) + epsilon);  `with_momentum`: b = momentum b + u, p = p - lr b; else p = p - lr u,
// and the gradient becomes zero. A variance w that rounding left below zero counts as zero. A thread owns
// four neighbours. Scheduled: lr.
#import lib/grid
#import lib/step_control

struct Params {
  quads: u32,
  group: u32,
  decay: u32,
  weight_decay: f32,
  alpha: f32,
  rest: f32,
  momentum: f32,
  epsilon: f32,
}

#state 0 values
#state 1 gradients
#state 2 square_average
#state 3 gradient_average
#state 4 buffer
@group(0) @binding(5) var<storage, read> control: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

fn slope(i: u32) -> vec4<f32> {
  let decay = select(0.0, params.weight_decay, params.decay != 0u);
  return gradients_quad(i) * gradient_factor() + decay * values_quad(i);
}

fn scaled(i: u32, g: vec4<f32>) -> vec4<f32> {
  let v = params.alpha * square_average_quad(i) + params.rest * g * g;
  square_average[i] = v;
  return g / (sqrt(v) + params.epsilon);
}

fn scaled_by_variance(i: u32, g: vec4<f32>) -> vec4<f32> {
  let v = params.alpha * square_average_quad(i) + params.rest * g * g;
  let a = params.alpha * gradient_average_quad(i) + params.rest * g;
  square_average[i] = v;
  gradient_average[i] = a;
  return g / (sqrt(max(v - a * a, vec4<f32>())) + params.epsilon);
}

fn pushed(i: u32, u: vec4<f32>) -> vec4<f32> {
  let b = params.momentum * buffer_quad(i) + u;
  buffer[i] = b;
  return b;
}

@compute @workgroup_size(64)
fn plain(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = slope(i);
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  values[i] = values_quad(i) - scheduled(0u) * scaled(i, g);
}

@compute @workgroup_size(64)
fn with_momentum(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = slope(i);
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  values[i] = values_quad(i) - scheduled(0u) * pushed(i, scaled(i, g));
}

@compute @workgroup_size(64)
fn centered(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = slope(i);
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  values[i] = values_quad(i) - scheduled(0u) * scaled_by_variance(i, g);
}

@compute @workgroup_size(64)
fn centered_with_momentum(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = slope(i);
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  values[i] = values_quad(i) - scheduled(0u) * pushed(i, scaled_by_variance(i, g));
}
