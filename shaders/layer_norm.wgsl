// y[t, c] = (x[t, c] - mean_t) / sqrt(variance_t + epsilon) gain[c] + bias[c] over rows of C columns.
//
// `forward` and `backward_input`: LANES threads own a row and stride over its columns; the mean is
// subtracted before squaring (two passes). `statistics` holds mean and 1 / sqrt(variance + epsilon).
// With z = (x - mean) rstd and g = d_y gain:  d_x = rstd (g - mean(g) - z mean(g z)).
// `backward_parameters`: a thread owns one column of a chunk of rows and writes its share of
// d_gain = sum over t of d_y z and d_bias = sum over t of d_y; `total` adds the chunks in order onto
// the gradients. Accumulation is f32.
#import lib/rows

struct Params {
  rows: u32,
  columns: u32,
  accumulate: u32,
  chunk: u32,
  chunks: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> gain: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<storage, read_write> statistics: array<vec2<f32>>;
@group(0) @binding(5) var<storage, read> saved: array<vec2<f32>>;
@group(0) @binding(6) var<storage, read> d_y: array<f32>;
@group(0) @binding(7) var<storage, read_write> d_x: array<f32>;
@group(0) @binding(8) var<storage, read_write> shares: array<vec2<f32>>;
@group(0) @binding(9) var<storage, read> chunk_shares: array<vec2<f32>>;
@group(0) @binding(10) var<storage, read_write> d_gain: array<f32>;
@group(0) @binding(11) var<storage, read_write> d_bias: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let columns = select(0u, params.columns, place.row < params.rows);
  let start = place.row * params.columns;
  var sum = 0.0;
  for (var c = place.lane; c < columns; c += LANES) { sum += x[start + c]; }
  let mean = row_sum(sum, thread) / f32(params.columns);
  var squares = 0.0;
  for (var c = place.lane; c < columns; c += LANES) {
    let difference = x[start + c] - mean;
    squares += difference * difference;
  }
  let variance = row_sum(squares, thread) / f32(params.columns);
  let rstd = 1.0 / sqrt(variance + params.epsilon);
  for (var c = place.lane; c < columns; c += LANES) {
    y[start + c] = (x[start + c] - mean) * rstd * gain[c] + bias[c];
  }
  if (columns > 0u && place.lane == 0u) { statistics[place.row] = vec2<f32>(mean, rstd); }
}

@compute @workgroup_size(ROW_THREADS)
fn backward_input(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let columns = select(0u, params.columns, inside);
  let start = place.row * params.columns;
  let row = saved[select(0u, place.row, inside)];
  var sum_g = 0.0;
  var sum_gz = 0.0;
  for (var c = place.lane; c < columns; c += LANES) {
    let g = d_y[start + c] * gain[c];
    sum_g += g;
    sum_gz += g * (x[start + c] - row.x) * row.y;
  }
  let mean_g = row_sum(sum_g, thread) / f32(params.columns);
  let mean_gz = row_sum(sum_gz, thread) / f32(params.columns);
  for (var c = place.lane; c < columns; c += LANES) {
    let z = (x[start + c] - row.x) * row.y;
    var value = row.y * (d_y[start + c] * gain[c] - mean_g - z * mean_gz);
    if (params.accumulate != 0u) { value += d_x[start + c]; }
    d_x[start + c] = value;
  }
}

@compute @workgroup_size(64)
fn backward_parameters(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let c = id.x * 64u + thread;
  if (c >= params.columns) { return; }
  let end = min(params.rows, (id.y + 1u) * params.chunk);
  var sum = vec2<f32>();
  for (var t = id.y * params.chunk; t < end; t++) {
    let row = saved[t];
    let g = d_y[t * params.columns + c];
    sum += vec2<f32>(g * (x[t * params.columns + c] - row.x) * row.y, g);
  }
  shares[id.y * params.columns + c] = sum;
}

@compute @workgroup_size(64)
fn total(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= params.columns) { return; }
  var sum = vec2<f32>();
  for (var i = 0u; i < params.chunks; i++) { sum += chunk_shares[i * params.columns + id.x]; }
  d_gain[id.x] += sum.x;
  d_bias[id.x] += sum.y;
}
