// terms_i = max(z_i, 0) - z_i y_i + log(1 + exp(-|z_i|)), the cross entropy of sigmoid(z_i) against y_i in
// [0, 1], without overflow for any logit. Backward, d_z_i = (sigmoid(z_i) - y_i) d_terms_i. A thread owns
// an element.
#import lib/grid

struct Params {
  size: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read_write> terms: array<f32>;
@group(0) @binding(3) var<storage, read> d_terms: array<f32>;
@group(0) @binding(4) var<storage, read_write> d_logits: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.size) { return; }
  let z = logits[i];
  // z - z y for what is not below 0: a NaN stays one.
  terms[i] = select(z, 0.0, z < 0.0) - z * labels[i] + log(1.0 + exp(-abs(z)));
}

@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.size) { return; }
  let z = logits[i];
  let small = exp(-abs(z));
  let share = select(1.0, small, z < 0.0) / (1.0 + small);
  var value = (share - labels[i]) * d_terms[i];
  if (params.accumulate != 0u) { value += d_logits[i]; }
  d_logits[i] = value;
}
