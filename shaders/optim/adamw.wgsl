// AdamW over one slab: with g the gradient times its clip coefficient,
//   m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g^2,
//   p = p (1 - lr decay) - lr / correction1 m / (sqrt(v) / sqrt(correction2) + epsilon),
// and the gradient becomes zero. A thread owns four neighbours, each read and written once; a slab is a
// whole number of vectors.
#import lib/grid

struct Params {
  quads: u32,
  beta1: f32,
  beta2: f32,
  rest1: f32,
  rest2: f32,
  shrink: f32,
  step_size: f32,
  root_correction: f32,
  epsilon: f32,
}

#state 0 values
#state 1 gradients
#state 2 first_moment
#state 3 second_moment
@group(0) @binding(4) var<storage, read> coefficient: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn update(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.quads) { return; }
  let g = gradients_quad(i) * coefficient[0];
  let m = params.beta1 * first_moment_quad(i) + params.rest1 * g;
  let v = params.beta2 * second_moment_quad(i) + params.rest2 * g * g;
  let divisor = sqrt(v) / params.root_correction + params.epsilon;
  values[i] = values_quad(i) * params.shrink - params.step_size * (m / divisor);
  first_moment[i] = m;
  second_moment[i] = v;
  gradients[i] = vec4<f32>();
}
