// loss = 1/B sum over i of relu(positive_margin - s_ii) + relu(highest_i - negative_margin),
// highest_i = max over j != i of s_ij, s_ij = a_i . p_j.
//
// The scores [B, B] come in tiles of `rows` x `columns` that a matrix product wrote, beginning at anchor
// `row` and positive `column`; no more than one tile is ever held.
//
//   update        a workgroup owns one anchor, its threads stride over the tile's columns: the highest score
//                 of another's positive and its index, the first of equals, and the own score, whose
//                 NaN makes the loss NaN
//   average       one workgroup: the loss; an index becomes NONE where nothing flows back
//   to_anchors    d_a_i = -[own_i] p_i + [index_i] p_index_i, times d_loss / B
//   to_positives  d_p_j = -[own_j] a_j + sum over i with index_i = j of a_i, times d_loss / B
//
// In the last two LANES threads own a row and stride over its columns, four at a time; each reads all
// indices in order, so that sums are of fixed order without atomics: B^2 comparisons of integers beside B^2 C
// products. Rows are a multiple of 4 wide.
#import lib/rows

struct Params {
  count: u32,
  row: u32,
  column: u32,
  rows: u32,
  columns: u32,
  quads: u32,
  accumulate: u32,
  positive_margin: f32,
  negative_margin: f32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
@group(0) @binding(1) var<storage, read_write> highest: array<f32>;
@group(0) @binding(2) var<storage, read_write> index: array<u32>;
@group(0) @binding(3) var<storage, read_write> own: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read> hardest: array<u32>;
@group(0) @binding(6) var<storage, read> own_scores: array<f32>;
@group(0) @binding(7) var<storage, read> d_loss: array<f32>;
#operand 8 anchors
#operand 9 positives
@group(0) @binding(10) var<storage, read_write> d_x: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;
const LOWEST = -3.4028234e38;
const NONE = 0xffffffffu;

var<workgroup> tops: array<f32, 64>;
var<workgroup> places: array<u32, 64>;
var<workgroup> sums: array<f32, 64>;

// By bits: compilers may take a number for granted.
fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

fn above_zero(x: f32) -> bool {
  return x > 0.0 || is_nan(x);
}

@compute @workgroup_size(THREADS)
fn update(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = linear_workgroup(id, count);
  let inside = row < params.rows;
  let anchor = params.row + row;
  let start = row * params.columns;
  let columns = select(0u, params.columns, inside);
  var top = LOWEST;
  var place = NONE;
  for (var j = thread; j < columns; j += THREADS) {
    let score = scores[start + j];
    if (params.column + j == anchor) {
      own[anchor] = score;
    } else if (place == NONE || score > top) {
      top = score;
      place = params.column + j;
    }
  }
  tops[thread] = top;
  places[thread] = place;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { take_better(thread, thread + half); }
    workgroupBarrier();
  }
  if (thread == 0u && inside) {
    let first = params.column == 0u;
    if (first || index[anchor] == NONE || (places[0] != NONE && tops[0] > highest[anchor])) {
      highest[anchor] = tops[0];
      index[anchor] = places[0];
    }
  }
}

fn take_better(mine: u32, theirs: u32) {
  let higher = tops[theirs] > tops[mine];
  let equal = tops[theirs] == tops[mine];
  if (higher || (equal && places[theirs] < places[mine])) {
    tops[mine] = tops[theirs];
    places[mine] = places[theirs];
  }
}

@compute @workgroup_size(THREADS)
fn average(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.count; i += THREADS) {
    let short = params.positive_margin - own[i];
    if (above_zero(short)) { sum += short; }
    let excess = highest[i] - params.negative_margin;
    if (index[i] != NONE && above_zero(excess)) { sum += excess; } else { index[i] = NONE; }
  }
  sums[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { sums[thread] += sums[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { loss[0] = sums[0] / f32(params.count); }
}

fn own_slope(i: u32) -> f32 {
  return select(0.0, -1.0, above_zero(params.positive_margin - own_scores[i]));
}

fn write_gradient(at: u32, sum: vec4<f32>) {
  var value = sum * (d_loss[0] / f32(params.count));
  if (params.accumulate != 0u) { value += d_x[at]; }
  d_x[at] = value;
}

@compute @workgroup_size(ROW_THREADS)
fn to_anchors(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  if (place.row >= params.count) { return; }
  let slope = own_slope(place.row);
  let other = hardest[place.row];
  for (var q = place.lane; q < params.quads; q += LANES) {
    var sum = slope * positives_quad(place.row * params.quads + q);
    if (other != NONE) { sum += positives_quad(other * params.quads + q); }
    write_gradient(place.row * params.quads + q, sum);
  }
}

@compute @workgroup_size(ROW_THREADS)
fn to_positives(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let place = row_place(id, count, thread);
  if (place.row >= params.count) { return; }
  let slope = own_slope(place.row);
  for (var q = place.lane; q < params.quads; q += LANES) {
    write_gradient(
      place.row * params.quads + q,
      slope * anchors_quad(place.row * params.quads + q),
    );
  }
  let factor = d_loss[0] / f32(params.count);
  for (var i = 0u; i < params.count; i++) {
    if (hardest[i] != place.row) { continue; }
    for (var q = place.lane; q < params.quads; q += LANES) {
      d_x[place.row * params.quads + q] += factor * anchors_quad(i * params.quads + q);
    }
  }
}
