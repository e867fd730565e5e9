// sum[t, c] = residual[t, c] + keep[t, c] branch[t, c] / (1 - p), and y = the layer norm of its rows, in one
// pass over memory where dropout, addition and layer_norm.wgsl take three.
//
// LANES threads own a row and stride over its columns, four at a time; the mean is subtracted before squaring.
// With z = (sum - mean) rstd and g = d_y gain: d_sum = rstd (g - mean(g) - z mean(g z)) is the residual's
// gradient; the branch's is d_sum where kept, over 1 - p. What is kept is a pure function of key and place:
// backward draws it again. Gradients of gain and bias are those of layer_norm.wgsl over `sum`. C is a
// multiple of 4. Accumulation is f32.
// Without dropout the sum is made again for each of the three readings, which takes two textures on a software
// adapter and less time than reading what was just written.
#import lib/random
#import lib/rows

struct Params {
  rows: u32,
  quads: u32,
  key_0: u32,
  key_1: u32,
  threshold: u32,
  first_row: u32,
  accumulate_residual: u32,
  accumulate_branch: u32,
  keep_factor: f32,
  epsilon: f32,
}

#operand 0 residual
#operand 1 branch
#operand 2 gain
#operand 3 bias
@group(0) @binding(4) var<storage, read_write> sum: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> statistics: array<vec2<f32>>;
@group(0) @binding(7) var<storage, read> saved: array<vec2<f32>>;
#operand 8 saved_sum
#operand 9 d_y
@group(0) @binding(10) var<storage, read_write> d_residual: array<vec4<f32>>;
@group(0) @binding(11) var<storage, read_write> d_branch: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

// What is kept of the branch's four columns from 4 i on.
fn thinned(value: vec4<f32>, row: u32, i: u32) -> vec4<f32> {
  if (params.threshold == 0u) { return value; }
  let key = vec2<u32>(params.key_0, params.key_1);
  let place = params.first_row + row;
  let kept = vec4<bool>(
    keeps(key, place, 4u * i, params.threshold),
    keeps(key, place, 4u * i + 1u, params.threshold),
    keeps(key, place, 4u * i + 2u, params.threshold),
    keeps(key, place, 4u * i + 3u, params.threshold),
  );
  return select(vec4<f32>(), value * params.keep_factor, kept);
}

fn summed(at: u32) -> vec4<f32> {
  if (params.threshold != 0u) { return sum[at]; }
  return residual_quad(at) + branch_quad(at);
}

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let quads = select(0u, params.quads, place.row < params.rows);
  let start = place.row * params.quads;
  let columns = f32(4u * params.quads);
  var total = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) {
    let value = residual_quad(start + i) + thinned(branch_quad(start + i), place.row, i);
    sum[start + i] = value;
    total += value;
  }
  let mean = row_sum(across(total), thread) / columns;
  var squares = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) {
    let difference = summed(start + i) - mean;
    squares += difference * difference;
  }
  let variance = row_sum(across(squares), thread) / columns;
  let rstd = 1.0 / sqrt(variance + params.epsilon);
  for (var i = place.lane; i < quads; i += LANES) {
    y[start + i] = (summed(start + i) - mean) * rstd * gain_quad(i) + bias_quad(i);
  }
  if (quads > 0u && place.lane == 0u) { statistics[place.row] = vec2<f32>(mean, rstd); }
}

@compute @workgroup_size(ROW_THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let quads = select(0u, params.quads, inside);
  let start = place.row * params.quads;
  let columns = f32(4u * params.quads);
  let row = saved[select(0u, place.row, inside)];
  var sum_g = vec4<f32>();
  var sum_gz = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) {
    let g = d_y_quad(start + i) * gain_quad(i);
    sum_g += g;
    sum_gz += g * (saved_sum_quad(start + i) - row.x) * row.y;
  }
  let mean_g = row_sum(across(sum_g), thread) / columns;
  let mean_gz = row_sum(across(sum_gz), thread) / columns;
  for (var i = place.lane; i < quads; i += LANES) {
    let z = (saved_sum_quad(start + i) - row.x) * row.y;
    let value = row.y * (d_y_quad(start + i) * gain_quad(i) - mean_g - z * mean_gz);
    var to_residual = value;
    if (params.accumulate_residual != 0u) { to_residual += d_residual[start + i]; }
    d_residual[start + i] = to_residual;
    var to_branch = thinned(value, place.row, i);
    if (params.accumulate_branch != 0u) { to_branch += d_branch[start + i]; }
    d_branch[start + i] = to_branch;
  }
}
