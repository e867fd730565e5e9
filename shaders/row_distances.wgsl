// Distances of B rows of x, [B, C], from each other, by class: in `sorted` the rows of a class are neighbours,
// so that the columns spans[r] of a row of distances are its positives and all others its negatives.
//
//   rank          a thread owns row i: how many rows come before it, of smaller classes or earlier in its own
//   gather        sorted[r] = x[order[r]]; squares: |sorted[r]|^2, LANES threads a row
//   to_distances  a thread owns one element of a block of dot products, rows from `row` on, all B columns:
//                 Euclidean sqrt(|x|^2 - 2 x . y + |y|^2) or cosine 1 - x . y, 0 on the diagonal
//   to_products   weights dL/dd become G = w / d, or w for cosines, which the products G y, G^t x take
//   column_sums, row_sums   what x itself gets of Euclidean distances: sums of G over both of its places
//   finish        d_x[order[r]] (+)= gradient[r] + sums[r] sorted[r]
//
// A square of a distance of at most 2^-20 (|x|^2 + |y|^2) is lost in the rounding of the dot product: it counts
// as 0, and a distance of 0 has no gradient. A row that is not a number shows it on its diagonal.
// C is a multiple of 4. All sums are f32 in a fixed order.
#import lib/rows

struct Params {
  rows: u32,
  quads: u32,
  row: u32,
  block_rows: u32,
  euclidean: u32,
  accumulate: u32,
}

#operand 0 x
@group(0) @binding(1) var<storage, read> labels: array<f32>;
@group(0) @binding(2) var<storage, read_write> new_order: array<u32>;
@group(0) @binding(3) var<storage, read_write> new_spans: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> order: array<u32>;
@group(0) @binding(5) var<storage, read_write> gathered: array<vec4<f32>>;
#operand 6 sorted
@group(0) @binding(7) var<storage, read_write> new_squares: array<f32>;
@group(0) @binding(8) var<storage, read> squares: array<f32>;
@group(0) @binding(9) var<storage, read_write> block: array<f32>;
@group(0) @binding(10) var<storage, read> distances: array<f32>;
@group(0) @binding(11) var<storage, read_write> sums: array<f32>;
@group(0) @binding(12) var<storage, read> weights: array<f32>;
#operand 13 gradient
@group(0) @binding(14) var<storage, read> all_sums: array<f32>;
@group(0) @binding(15) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

const LOST = 9.5367432e-7;

fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

@compute @workgroup_size(64)
fn rank(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows) { return; }
  let own = labels[i];
  var smaller = 0u;
  var equal = 0u;
  var earlier = 0u;
  for (var j = 0u; j < params.rows; j++) {
    let label = labels[j];
    smaller += u32(label < own);
    equal += u32(label == own);
    earlier += u32(label == own && j < i);
  }
  new_order[smaller + earlier] = i;
  new_spans[smaller + earlier] = vec2<u32>(smaller, smaller + equal);
}

@compute @workgroup_size(64)
fn gather(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.quads) { return; }
  gathered[i] = x_quad(order[i / params.quads] * params.quads + i % params.quads);
}

@compute @workgroup_size(ROW_THREADS)
fn square(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let quads = select(0u, params.quads, place.row < params.rows);
  var sum = vec4<f32>();
  for (var c = place.lane; c < quads; c += LANES) {
    let value = sorted_quad(place.row * params.quads + c);
    sum += value * value;
  }
  let total = row_sum(across(sum), thread);
  if (quads > 0u && place.lane == 0u) { new_squares[place.row] = total; }
}

@compute @workgroup_size(64)
fn to_distances(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * 64u + thread;
  if (at >= params.block_rows * params.rows) { return; }
  let i = params.row + at / params.rows;
  let j = at % params.rows;
  let product = block[at];
  var distance = 1.0 - product;
  if (params.euclidean != 0u) {
    let both = squares[i] + squares[j];
    let squared = both - 2.0 * product;
    distance = select(sqrt(squared), 0.0, squared <= LOST * both);
  }
  block[at] = select(distance, 0.0, i == j && !is_nan(product));
}

@compute @workgroup_size(64)
fn to_products(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * 64u + thread;
  if (at >= params.block_rows * params.rows) { return; }
  let distance = distances[at];
  block[at] = select(block[at] / distance, 0.0, distance == 0.0);
}

@compute @workgroup_size(64)
fn column_sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let j = linear_workgroup(id, count) * 64u + thread;
  if (j >= params.rows) { return; }
  var sum = 0.0;
  for (var r = 0u; r < params.block_rows; r++) { sum += weights[r * params.rows + j]; }
  if (params.row > 0u) { sum += sums[j]; }
  sums[j] = sum;
}

@compute @workgroup_size(ROW_THREADS)
fn row_sums(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.block_rows;
  let columns = select(0u, params.rows, inside);
  var sum = 0.0;
  for (var j = place.lane; j < columns; j += LANES) { sum += weights[place.row * params.rows + j]; }
  let total = row_sum(sum, thread);
  if (inside && place.lane == 0u) { sums[params.row + place.row] += total; }
}

@compute @workgroup_size(64)
fn finish(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = linear_workgroup(id, count) * 64u + thread;
  if (i >= params.rows * params.quads) { return; }
  let r = i / params.quads;
  let at = order[r] * params.quads + i % params.quads;
  var value = gradient_quad(i);
  if (params.euclidean != 0u) { value += all_sums[r] * sorted_quad(i); }
  if (params.accumulate != 0u) { value += d_x[at]; }
  d_x[at] = value;
}
