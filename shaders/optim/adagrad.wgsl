// Adagrad over a piece of a slab: with g the gradient times its factor plus decay p,
//   s = s + g^2,  p = p - rate g / (sqrt(s) + epsilon),
// and the gradient becomes zero. A thread owns four neighbours. Scheduled: lr, rate = lr / (1 + (step - 1)
// lr_decay).
#import lib/grid
#import lib/step_control

struct Params {
  quads: u32,
  group: u32,
  decay: u32,
  weight_decay: f32,
  epsilon: f32,
}

#state 0 values
#state 1 gradients
#state 2 sum
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
  let value = values_quad(i);
  let decay = select(0.0, params.weight_decay, params.decay != 0u);
  let g = gradients_quad(i) * gradient_factor() + decay * value;
  gradients[i] = vec4<f32>();
  if (is_skipped()) { return; }
  let s = sum_quad(i) + g * g;
  values[i] = value - scheduled(1u) * (g / (sqrt(s) + params.epsilon));
  sum[i] = s;
}
