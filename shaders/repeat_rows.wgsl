// y[t, c] = f(t, h) x[s, c], s the sequence of token t and h the group of column c, of which there are
// C / D; and d_x[s, c] = sum over the tokens of s of f(t, h) d_y[t, c]. f is 1, or with DROPOUT either
// 0 or 1 / (1 - p), a pure function of the key and the place, the first token being `first_row` of a batch.
// A thread owns four neighbours of a row of x and walks over the tokens of its sequence, in order. C and D
// are multiples of 4. Constant: DROPOUT, 0 or 1.
#import lib/grid
#import lib/random

struct Params {
  size: u32,
  quads: u32,
  group_quads: u32,
  key_0: u32,
  key_1: u32,
  threshold: u32,
  accumulate: u32,
  first_row: u32,
  keep_factor: f32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read> starts: array<u32>;
@group(0) @binding(2) var<storage, read_write> y: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

fn factor(row: u32, quad: u32) -> f32 {
  if (DROPOUT == 0u) { return 1.0; }
  let key = vec2<u32>(params.key_0, params.key_1);
  let kept = keeps(key, row + params.first_row, quad / params.group_quads, params.threshold);
  return select(0.0, params.keep_factor, kept);
}

@compute @workgroup_size(64)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.size) { return; }
  let sequence = i / params.quads;
  let quad = i % params.quads;
  let value = x_quad(i);
  for (var row = starts[sequence]; row < starts[sequence + 1u]; row++) {
    y[row * params.quads + quad] = value * factor(row, quad);
  }
}

// x is d_y, y is d_x.
@compute @workgroup_size(64)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.size) { return; }
  let sequence = i / params.quads;
  let quad = i % params.quads;
  var sum = vec4<f32>();
  for (var row = starts[sequence]; row < starts[sequence + 1u]; row++) {
    sum += x_quad(row * params.quads + quad) * factor(row, quad);
  }
  if (params.accumulate != 0u) { sum += y[i]; }
  y[i] = sum;
}
