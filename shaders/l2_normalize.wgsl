// y[r, c] = x[r, c] / max(|x_r|, 1e-12) over rows of C columns; LANES threads own a row and stride over
// its columns, four at a time. d_x = (d_y - y (y . d_y)) / |x_r|, and d_y / 1e-12 below that length.
// `lengths` holds the divisors. C is a multiple of 4. Accumulation is f32.
#import lib/rows

struct Params {
  rows: u32,
  quads: u32,
  accumulate: u32,
}

const SHORTEST = 1e-12;

#operand 0 x
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> lengths: array<f32>;
@group(0) @binding(3) var<storage, read> saved: array<f32>;
#operand 4 d_y
@group(0) @binding(5) var<storage, read_write> d_x: array<vec4<f32>>;
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
  var squares = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) {
    let value = x_quad(start + i);
    squares += value * value;
  }
  let length = max(sqrt(row_sum(across(squares), thread)), SHORTEST);
  for (var i = place.lane; i < quads; i += LANES) { y[start + i] = x_quad(start + i) / length; }
  if (quads > 0u && place.lane == 0u) { lengths[place.row] = length; }
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
  let length = saved[select(0u, place.row, inside)];
  var products = vec4<f32>();
  for (var i = place.lane; i < quads; i += LANES) {
    products += x_quad(start + i) / length * d_y_quad(start + i);
  }
  let along = select(0.0, row_sum(across(products), thread), length > SHORTEST);
  for (var i = place.lane; i < quads; i += LANES) {
    var value = (d_y_quad(start + i) - x_quad(start + i) / length * along) / length;
    if (params.accumulate != 0u) { value += d_x[start + i]; }
    d_x[start + i] = value;
  }
}
