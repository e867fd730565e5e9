// Of every row of distances, [block_rows, B] from row `row` on: the greatest of a positive, 0 without one that is
// greater, and the least of a negative; without negatives the former takes its place, so that both cancel.
//
// Positives of row r are the columns from spans[r].x to spans[r].y but r itself, negatives all others.
// `forward`: LANES threads own a row and stride over its columns; of equal distances the first column counts.
// It leaves the columns, or NONE. `weights`: a thread owns one element of the gradient of the distances.
// Where the diagonal is not a number, neither is the outcome.
#import lib/rows

struct Params {
  rows: u32,
  row: u32,
  block_rows: u32,
}

@group(0) @binding(0) var<storage, read> distances: array<f32>;
@group(0) @binding(1) var<storage, read> spans: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read_write> hardest: array<f32>;
@group(0) @binding(3) var<storage, read_write> columns: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> known_columns: array<vec2<u32>>;
@group(0) @binding(5) var<storage, read> d_hardest: array<f32>;
@group(0) @binding(6) var<storage, read_write> d_distances: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const NONE = 0xffffffffu;
const HIGHEST = 3.4028234e38;

struct Found {
  distance: f32,
  column: u32,
}

var<workgroup> found: array<Found, 64>;

// Whichever is greater; the first column of equals.
fn greater(a: Found, b: Found) -> Found {
  if (b.distance > a.distance || (b.distance == a.distance && b.column < a.column)) { return b; }
  return a;
}

// The greatest over the lanes of a row; every thread must call it.
fn row_greatest(own: Found, thread: u32) -> Found {
  if (LANES == 1u) { return own; }
  workgroupBarrier();
  found[thread] = own;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) { found[thread] = greater(found[thread], found[thread + half]); }
    workgroupBarrier();
  }
  return found[thread - thread % LANES];
}

@compute @workgroup_size(ROW_THREADS)
fn forward(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  let inside = place.row < params.block_rows;
  let r = params.row + select(0u, place.row, inside);
  let width = select(0u, params.rows, inside);
  let start = place.row * params.rows;
  let span = spans[r];
  var positive = Found(0.0, NONE);
  var negative = Found(-HIGHEST, NONE);
  for (var j = place.lane; j < width; j += LANES) {
    let distance = distances[start + j];
    if (j < span.x || j >= span.y) {
      if (-distance > negative.distance) { negative = Found(-distance, j); }
    } else if (distance > positive.distance) {
      positive = Found(distance, j);
    }
  }
  positive = row_greatest(positive, thread);
  negative = row_greatest(negative, thread);
  if (!inside || place.lane != 0u) { return; }
  if (negative.column == NONE) { negative = Found(-positive.distance, positive.column); }
  // 0, or not a number.
  let own = distances[start + r];
  hardest[r] = positive.distance + own;
  hardest[params.rows + r] = own - negative.distance;
  columns[r] = vec2<u32>(positive.column, negative.column);
}

@compute @workgroup_size(64)
fn weights(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * 64u + thread;
  if (at >= params.block_rows * params.rows) { return; }
  let r = params.row + at / params.rows;
  let j = at % params.rows;
  let chosen = known_columns[r];
  d_distances[at] = select(0.0, d_hardest[r], chosen.x == j) +
    select(0.0, d_hardest[params.rows + r], chosen.y == j);
}
