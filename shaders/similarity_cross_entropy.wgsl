// loss = 1/B sum over i of (w sum over p of lse_pi - s_ii), s_ij = scale a_i . d_j,
// lse_pi = log sum of exp over the scores of row i in all blocks of softmax p, w = 1 / number of softmaxes.
// Smoothed by e, with one block: loss = 1/B sum over i of (lse_i - (1 - e) s_ii - e/M sum over j of s_ij).
//
// The scores of a block [B, M] come in tiles of `rows` x `columns` that a matrix product wrote, beginning
// at row `row` and candidate `column`; no more than one tile is ever held. `score_rules.wgsl` has seen them
// where a block leaves scores out or adds to them: what is left out is the lowest f32, whose exponential
// is 0. A workgroup owns one row, its threads stride over the tile's columns; sums are trees of fixed
// order, in f32.
//
//   update    folds a tile into (maximum, sum of exponentials) of each row, rescaled as the maximum
//             grows (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018), and into
//             the sum of its scores, and picks up the score of the positive; `begins` with a softmax's
//             first tile
//   average   one workgroup: lse of every row, and its part of the loss
//   to_gradient   turns a tile of scores into
//             d_loss / d(a_i . d_j) = (w softmax - (1 - e) [positive, i = j] - e/M) scale / B d_loss
#import lib/grid

struct Params {
  anchors: u32,
  row: u32,
  column: u32,
  rows: u32,
  columns: u32,
  candidates: u32,
  scale: f32,
  smoothing: f32,
  // w, and whether the block holds the positives: candidate i is that of row i.
  weight: f32,
  positive: u32,
  begins: u32,
  accumulate: u32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>;
// Per row: maximum, sum of exp(s - maximum), score of the positive, sum of s.
@group(0) @binding(1) var<storage, read_write> state: array<f32>;
@group(0) @binding(2) var<storage, read> final_state: array<f32>;
@group(0) @binding(3) var<storage, read_write> log_sum_exp: array<f32>;
@group(0) @binding(4) var<storage, read_write> loss: array<f32>;
@group(0) @binding(5) var<storage, read_write> tile: array<f32>;
@group(0) @binding(6) var<storage, read> lse: array<f32>;
@group(0) @binding(7) var<storage, read> d_loss: array<f32>;
@group(1) @binding(0) var<uniform> params: Params;

const THREADS = 64u;
const LOWEST = -3.4028234e38;

var<workgroup> maxima: array<f32, 64>;
// Of exponentials and of scores.
var<workgroup> sums: array<vec2<f32>, 64>;

@compute @workgroup_size(THREADS)
fn update(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let row = linear_workgroup(id, count);
  let inside = row < params.rows;
  let start = row * params.columns;
  let columns = select(0u, params.columns, inside);
  var top = LOWEST;
  for (var j = thread; j < columns; j += THREADS) { top = max(top, scores[start + j]); }
  maxima[thread] = top;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { maxima[thread] = max(maxima[thread], maxima[thread + half]); }
    workgroupBarrier();
  }
  let maximum = maxima[0];
  var sum = vec2<f32>();
  for (var j = thread; j < columns; j += THREADS) {
    let score = scores[start + j];
    sum += vec2<f32>(exp(score - maximum), score);
  }
  sums[thread] = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { sums[thread] += sums[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u && inside) { fold(row, maximum, sums[0]); }
}

fn fold(row: u32, maximum: f32, sum: vec2<f32>) {
  let anchor = params.row + row;
  let at = anchor * 4u;
  if (params.begins != 0u) {
    state[at] = maximum;
    state[at + 1u] = sum.x;
    state[at + 3u] = sum.y;
  } else {
    let both = max(state[at], maximum);
    state[at + 1u] = state[at + 1u] * exp(state[at] - both) + sum.x * exp(maximum - both);
    state[at] = both;
    state[at + 3u] += sum.y;
  }
  let last = params.column + params.columns;
  if (params.positive != 0u && anchor >= params.column && anchor < last) {
    state[at + 2u] = scores[row * params.columns + anchor - params.column];
  }
}

@compute @workgroup_size(THREADS)
fn average(@builtin(local_invocation_index) thread: u32) {
  var sum = 0.0;
  for (var i = thread; i < params.anchors; i += THREADS) {
    let value = final_state[i * 4u] + log(final_state[i * 4u + 1u]);
    log_sum_exp[i] = value;
    let positive = select(0.0, final_state[i * 4u + 2u], params.positive != 0u);
    var term = params.weight * value - positive;
    if (params.smoothing > 0.0) {
      term += params.smoothing * (positive - final_state[i * 4u + 3u] / f32(params.candidates));
    }
    sum += term;
  }
  sums[thread].x = sum;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { sums[thread].x += sums[thread + half].x; }
    workgroupBarrier();
  }
  if (thread == 0u) {
    let mean = sums[0].x / f32(params.anchors);
    if (params.accumulate != 0u) { loss[0] += mean; } else { loss[0] = mean; }
  }
}

@compute @workgroup_size(THREADS)
fn to_gradient(
  @builtin(workgroup_id) id: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = linear_workgroup(id, count) * THREADS + thread;
  if (at >= params.rows * params.columns) { return; }
  let anchor = params.row + at / params.columns;
  let candidate = params.column + at % params.columns;
  let is_positive = params.positive != 0u && anchor == candidate;
  let wanted = select(0.0, 1.0 - params.smoothing, is_positive) +
    params.smoothing / f32(params.candidates);
  let factor = d_loss[0] * params.scale / f32(params.anchors);
  tile[at] = (params.weight * exp(tile[at] - lse[anchor]) - wanted) * factor;
}
