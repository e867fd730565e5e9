// Sums of relu(d_rp - d_rn + margin) over triplets of a row r, a positive p and a negative n of it.
//
// Distances come as blocks of rows, [block_rows, B] from row `row` on; the positives of row r are the columns
// from spans[r].x to spans[r].y but r itself, its negatives all others. A workgroup owns a row.
//
//   sum_all    over all triplets; the divisor is the number of those above 0. Threads stride over negatives.
//   sum_semi_hard  for each p one n, the nearest that is farther than p, else the farthest, else at distance 0; the
//              divisor is the number of pairs (r, p). Threads stride over positives.
//   total      one workgroup: loss = sum over rows / divisor, 0 where that is 0
//   all_weights, semi_hard_weights   the gradients of the distances; the latter lets each of 64 threads choose
//              for one positive and then count for its own negatives how often they were chosen
//
// Choices are made anew for backward. Sums are trees of fixed order. A row whose diagonal is not a number makes
// the sum so.
#import lib/grid

struct Params {
  rows: u32,
  row: u32,
  margin: f32,
}

@group(0) @binding(0) var<storage, read> distances: array<f32>;
@group(0) @binding(1) var<storage, read> spans: array<vec2<u32>>;
// Sum and divisor.
@group(0) @binding(2) var<storage, read_write> row_sums: array<vec2<f32>>;
@group(0) @binding(3) var<storage, read> sums: array<vec2<f32>>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> divisor: array<f32>;
@group(0) @binding(6) var<storage, read> known_divisor: array<f32>;
@group(0) @binding(7) var<storage, read> d_loss: array<f32>;
@group(0) @binding(8) var<storage, read_write> d_distances: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;
const NONE = 0xffffffffu;
const HIGHEST = 3.4028234e38;

var<workgroup> shares: array<vec2<f32>, 64>;
var<workgroup> chosen: array<u32, 64>;

fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}

// The sum over all threads, the same for each; every thread must call it.
fn workgroup_sum(share: vec2<f32>, thread: u32) -> vec2<f32> {
  shares[thread] = share;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  return shares[0];
}

fn finish_row(r: u32, start: u32, sum: vec2<f32>, thread: u32) {
  if (thread != 0u) { return; }
  let own = distances[start + r];
  row_sums[r] = vec2<f32>(select(sum.x, own, is_nan(own)), sum.y);
}

// The column of the k-th negative.
fn negative(k: u32, span: vec2<u32>) -> u32 {
  return select(k + span.y - span.x, k, k < span.x);
}

@compute @workgroup_size(THREADS)
fn sum_all(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block_row = linear_workgroup(id, count);
  let r = params.row + block_row;
  let start = block_row * params.rows;
  let span = spans[r];
  let negatives = params.rows - (span.y - span.x);
  var sum = 0.0;
  var above = 0u;
  for (var k = thread; k < negatives; k += THREADS) {
    let far = distances[start + negative(k, span)];
    for (var p = span.x; p < span.y; p++) {
      let excess = distances[start + p] - far + params.margin;
      if (p == r || excess <= 0.0) { continue; }
      sum += excess;
      above += 1u;
    }
  }
  let row = workgroup_sum(vec2<f32>(sum, f32(above)), thread);
  finish_row(r, start, row, thread);
}

// The negative for a positive at `distance`; NONE without negatives.
fn choose(start: u32, span: vec2<u32>, distance: f32) -> u32 {
  var outside = NONE;
  var nearest = HIGHEST;
  var inside = NONE;
  var farthest = -HIGHEST;
  let negatives = params.rows - (span.y - span.x);
  for (var k = 0u; k < negatives; k++) {
    let n = negative(k, span);
    let far = distances[start + n];
    if (far > distance && far < nearest) {
      nearest = far;
      outside = n;
    }
    if (far > farthest) {
      farthest = far;
      inside = n;
    }
  }
  return select(outside, inside, outside == NONE);
}

// relu's argument for a positive at `distance` and its negative.
fn semi_hard_excess(start: u32, n: u32, distance: f32) -> f32 {
  var far = 0.0;
  if (n != NONE) { far = distances[start + n]; }
  return distance - far + params.margin;
}

@compute @workgroup_size(THREADS)
fn sum_semi_hard(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block_row = linear_workgroup(id, count);
  let r = params.row + block_row;
  let start = block_row * params.rows;
  let span = spans[r];
  var sum = 0.0;
  for (var p = span.x + thread; p < span.y; p += THREADS) {
    if (p == r) { continue; }
    let distance = distances[start + p];
    let excess = semi_hard_excess(start, choose(start, span, distance), distance);
    sum += select(excess, 0.0, excess < 0.0);
  }
  let row = workgroup_sum(vec2<f32>(sum, 0.0), thread);
  finish_row(r, start, vec2<f32>(row.x, f32(span.y - span.x - 1u)), thread);
}

@compute @workgroup_size(THREADS)
fn total(@builtin(local_invocation_index) thread: u32) {
  var share = vec2<f32>();
  for (var r = thread; r < params.rows; r += THREADS) { share += sums[r]; }
  let sum = workgroup_sum(share, thread);
  if (thread == 0u) {
    divisor[0] = sum.y;
    loss[0] = select(sum.x / sum.y, sum.x, sum.y == 0.0);
  }
}

// The gradient of the loss for a term above 0.
fn term_gradient() -> f32 {
  return select(d_loss[0] / known_divisor[0], 0.0, known_divisor[0] == 0.0);
}

@compute @workgroup_size(THREADS)
fn all_weights(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block_row = linear_workgroup(id, count);
  let r = params.row + block_row;
  let start = block_row * params.rows;
  let span = spans[r];
  let negatives = params.rows - (span.y - span.x);
  let gradient = term_gradient();
  for (var j = thread; j < params.rows; j += THREADS) {
    let own = distances[start + j];
    var above = 0u;
    let is_positive = j >= span.x && j < span.y;
    if (is_positive && j != r) {
      for (var k = 0u; k < negatives; k++) {
        above += u32(own - distances[start + negative(k, span)] + params.margin > 0.0);
      }
    } else if (!is_positive) {
      for (var p = span.x; p < span.y; p++) {
        above += u32(p != r && distances[start + p] - own + params.margin > 0.0);
      }
    }
    d_distances[start + j] = select(-gradient, gradient, is_positive) * f32(above);
  }
}

@compute @workgroup_size(THREADS)
fn semi_hard_weights(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let block_row = linear_workgroup(id, count);
  let r = params.row + block_row;
  let start = block_row * params.rows;
  let span = spans[r];
  let negatives = params.rows - (span.y - span.x);
  let gradient = term_gradient();
  for (var first = span.x; first < span.y; first += THREADS) {
    let p = first + thread;
    var choice = NONE;
    if (p < span.y) {
      var weight = 0.0;
      if (p != r) {
        let distance = distances[start + p];
        choice = choose(start, span, distance);
        if (semi_hard_excess(start, choice, distance) > 0.0) { weight = gradient; }
        else { choice = NONE; }
      }
      d_distances[start + p] = weight;
    }
    chosen[thread] = choice;
    workgroupBarrier();
    for (var k = thread; k < negatives; k += THREADS) {
      let n = negative(k, span);
      var times = 0u;
      for (var t = 0u; t < THREADS; t++) { times += u32(chosen[t] == n); }
      let weight = -gradient * f32(times);
      if (first == span.x) { d_distances[start + n] = weight; }
      else { d_distances[start + n] += weight; }
    }
    workgroupBarrier();
  }
}
