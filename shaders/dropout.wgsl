// y[t, c] = x[t, c] / (1 - p) where kept, else 0; which are kept is a pure function of the key and the
// place, the first row being `first_row` of a batch, so that backward draws the same again and nothing is
// saved. A thread owns four neighbours of a row; C is a multiple of 4.
#import lib/grid
#import lib/random

struct Params {
  size: u32,
  quads: u32,
  key_0: u32,
  key_1: u32,
  threshold: u32,
  accumulate: u32,
  first_row: u32,
  keep_factor: f32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
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
  let row = params.first_row + i / params.quads;
  let column = i % params.quads * 4u;
  let kept = vec4<bool>(
    keeps(key, row, column, params.threshold),
    keeps(key, row, column + 1u, params.threshold),
    keeps(key, row, column + 2u, params.threshold),
    keeps(key, row, column + 3u, params.threshold),
  );
  var value = select(vec4<f32>(), x_quad(i) * params.keep_factor, kept);
  if (params.accumulate != 0u) { value += y[i]; }
  y[i] = value;
}
