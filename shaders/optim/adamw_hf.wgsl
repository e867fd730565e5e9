// AdamW as transformers once had it, over a piece of a slab: with g the gradient times its factor,
//   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
//   p = (p - lr sqrt(correction2) / correction1 m / (sqrt(v) + epsilon)) (1 - lr decay),
// and the gradient becomes zero. Unlike `adamw.wgsl`, epsilon is not corrected and the decay comes last. A
// thread owns four neighbours. Scheduled: lr, lr sqrt(correction2) / correction1, 1 - lr decay.
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
}

#state 0 values
#state 1 gradients
#state 2 first_moment
#state 3 second_moment
@group(0) @binding(4) var<storage, read> control: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn update(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = gradients_quad(i) * gradient_factor();
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  let m = params.beta1 * first_moment_quad(i) + params.rest1 * g;
  let v = params.beta2 * second_moment_quad(i) + params.rest2 * g * g;
  let shrink = select(1.0, scheduled(2u), params.decay != 0u);
  values[i] = (values_quad(i) - scheduled(1u) * (m / (sqrt(v) + params.epsilon))) * shrink;
  first_moment[i] = m;
  second_moment[i] = v;
}
