// Lion over a piece of a slab: with g the gradient times its factor,
//   p = p (1 - lr decay) - lr sign(beta1 m + (1 - beta1) g),  m = beta2 m + (1 - beta2) g,
// and the gradient becomes zero; the sign of zero is zero. A thread owns four neighbours. Scheduled: lr,
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
}

#state 0 values
#state 1 gradients
#state 2 moment
@group(0) @binding(3) var<storage, read> control: array<f32>;
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
  let m = moment_quad(i);
  let shrink = select(1.0, scheduled(1u), params.decay != 0u);
  values[i] = values_quad(i) * shrink - scheduled(0u) * sign(params.beta1 * m + params.rest1 * g);
  moment[i] = params.beta2 * m + params.rest2 * g;
}
