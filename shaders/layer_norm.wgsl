// y[t, c] = (x[t, c] - mean_t) / sqrt(variance_t + epsilon) gain[c] + bias[c] over rows of C columns.
//
// `forward` and `backward_input`: LANES threads own a row and stride over its columns, four at a time;
// the mean is subtracted before squaring (two passes). `statistics` holds mean and
// 1 / sqrt(variance + epsilon). With z = (x - mean) rstd and g = d_y gain:
// d_x = rstd (g - mean(g) - z mean(g z)). `backward_parameters`: a thread owns four columns of a chunk of
// rows and writes its share of d_gain = sum over t of d_y z and d_bias = sum over t of d_y; `total` adds
// the chunks in order onto the gradients. C is a multiple of 4. Accumulation is f32.
#import lib/rows

struct Params {
  rows: u32,
  quads: u32,
  accumulate: u32,
  chunk: u32,
  chunks: u32,
  epsilon: f32,
}

#operand 0 x
#operand 1 gain
#operand 2 bias
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read> saved: array<vec2<f32>>;
#operand 6 d_y
@group(0) @binding(7) var<storage, read_write> d_x: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> shares: array<vec4<f32>>;
#operand 9 chunk_shares
@group(0) @binding(10) var<storage, read_write> d_gain: array<vec4<f32>>;
@group(0) @binding(11) var<storage, read_write> d_bias: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

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
  var sum = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) { sum += x_quad(start + i); }
  let mean = row_sum(across(sum), thread) / columns;
  var squares = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) {
    let difference = x_quad(start + i) - mean;
    squares += difference * difference;
  }
  let variance = row_sum(across(squares), thread) / columns;
  let rstd = 1.0 / sqrt(variance + params.epsilon);
  for (var i = place.lane; i < quads; i += LANES) {
    y[start + i] = (x_quad(start + i) - mean) * rstd * gain_quad(i) + bias_quad(i);
  }
  if (quads > 0u && place.lane == 0u) { statistics[place.row] = vec2<f32>(mean, rstd); }
}

@compute @workgroup_size(ROW_THREADS)
fn backward_input(
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
    sum_gz += g * (x_quad(start + i) - row.x) * row.y;
  }
  let mean_g = row_sum(across(sum_g), thread) / columns;
  let mean_gz = row_sum(across(sum_gz), thread) / columns;
  for (var i = place.lane; i < quads; i += LANES) {
    let z = (x_quad(start + i) - row.x) * row.y;
    var value = row.y * (d_y_quad(start + i) * gain_quad(i) - mean_g - z * mean_gz);
    if (params.accumulate != 0u) { value += d_x[start + i]; }
    d_x[start + i] = value;
  }
}

@compute @workgroup_size(32)
fn backward_parameters(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = id.x * 32u + thread;
  if (i >= params.quads) { return; }
  let end = min(params.rows, (id.y + 1u) * params.chunk);
  var sum_gain = vec4<f32>();
  var sum_bias = vec4<f32>();
  for (var t = id.y * params.chunk; t < end; t++) {
    let row = saved[t];
    let g = d_y_quad(t * params.quads + i);
    sum_gain += g * (x_quad(t * params.quads + i) - row.x) * row.y;
    sum_bias += g;
  }
  shares[2u * id.y * params.quads + i] = sum_gain;
  shares[(2u * id.y + 1u) * params.quads + i] = sum_bias;
}

@compute @workgroup_size(32)
fn total(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.quads) { return; }
  var sum_gain = vec4<f32>();
  var sum_bias = vec4<f32>();
  for (var chunk = 0u; chunk < params.chunks; chunk++) {
    sum_gain += chunk_shares_quad(2u * chunk * params.quads + id.x);
    sum_bias += chunk_shares_quad((2u * chunk + 1u) * params.quads + id.x);
  }
  d_gain[id.x] += sum_gain;
  d_bias[id.x] += sum_bias;
}
