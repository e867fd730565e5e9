// Stochastic gradient descent over a piece of a slab: with g the gradient times its factor plus decay p,
// `plain`: p = p - lr g;
// `momentum`: b = momentum b + fresh g, p = p - lr b, or with nesterov p = p - lr (g + momentum b).
// The gradient becomes zero. A thread owns four neighbours. Scheduled: lr, fresh: 1 in the first update,
// so that b begins as g, and 1 - dampening later.
#import lib/grid
#import lib/step_control

struct Params {
  quads: u32,
  group: u32,
  decay: u32,
  nesterov: u32,
  weight_decay: f32,
  momentum: f32,
}

#state 0 values
#state 1 gradients
#state 2 buffer
@group(0) @binding(3) var<storage, read> control: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

fn slope(i: u32) -> vec4<f32> {
  let decay = select(0.0, params.weight_decay, params.decay != 0u);
  return gradients_quad(i) * gradient_factor() + decay * values_quad(i);
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
  values[i] = values_quad(i) - scheduled(0u) * g;
}

@compute @workgroup_size(64)
fn momentum(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = slope(i);
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  let b = params.momentum * buffer_quad(i) + scheduled(1u) * g;
  let direction = select(b, g + params.momentum * b, params.nesterov != 0u);
  values[i] = values_quad(i) - scheduled(0u) * direction;
  buffer[i] = b;
}
