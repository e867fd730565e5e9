// y[t, c] = x[t, c] / (1 - p) where kept, else 0; which are kept is a pure function of the key and the
// place, so that backward draws the same again and nothing is saved. A thread owns one element.
#import lib/grid
#import lib/random

struct Params {
  size: u32,
  columns: u32,
  key_0: u32,
  key_1: u32,
  threshold: u32,
  accumulate: u32,
  factor: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(64)
fn apply(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.size) { return; }
  let key = vec2<u32>(params.key_0, params.key_1);
  let kept = keeps(key, i / params.columns, i % params.columns, params.threshold);
  var value = select(0.0, x[i] * params.factor, kept);
  if (params.accumulate != 0u) { value += y[i]; }
  y[i] = value;
}
