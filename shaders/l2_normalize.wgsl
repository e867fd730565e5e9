// y[r, c] = x[r, c] / max(|x_r|, 1e-12) over rows of C columns; LANES threads own a row.
// d_x = (d_y - y (y . d_y)) / |x_r|, and d_y / 1e-12 below that length. `lengths` holds the divisors.
// Accumulation is f32.
#import lib/rows

struct Params {
  rows: u32,
  columns: u32,
  accumulate: u32,
}

const SHORTEST = 1e-12;

@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> lengths: array<f32>;
@group(0) @binding(3) var<storage, read> saved: array<f32>;
@group(0) @binding(4) var<storage, read> d_y: array<f32>;
@group(0) @binding(5) var<storage, read_write> d_x: array<f32>;
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
  var squares = 0.0;
  for (var c = place.lane; c < columns; c += LANES) { squares += x[start + c] * x[start + c]; }
  let length = max(sqrt(row_sum(squares, thread)), SHORTEST);
  for (var c = place.lane; c < columns; c += LANES) { y[start + c] = x[start + c] / length; }
  if (columns > 0u && place.lane == 0u) { lengths[place.row] = length; }
}

@compute @workgroup_size(ROW_THREADS)
fn backward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.rows;
  let columns = select(0u, params.columns, inside);
  let start = place.row * params.columns;
  let length = saved[select(0u, place.row, inside)];
  var product = 0.0;
  for (var c = place.lane; c < columns; c += LANES) {
    product += x[start + c] / length * d_y[start + c];
  }
  let along = select(0.0, row_sum(product, thread), length > SHORTEST);
  for (var c = place.lane; c < columns; c += LANES) {
    var value = (d_y[start + c] - x[start + c] / length * along) / length;
    if (params.accumulate != 0u) { value += d_x[start + c]; }
    d_x[start + c] = value;
  }
}
